"""Declarations and options of the filters for space and frame."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import COLOR, FRAMED, MOVED, SHARE, WARPED, between, declare

Share = Annotated[float, Meta(ge=0, le=1)]
Center = Annotated[
    tuple[Share, ...],
    Meta(
        min_length=2,
        max_length=2,
        description="Point across and down, as shares of the picture: 0.5,0.5 is its middle",
    ),
]
Group = Literal[
    "p1", "p2", "pm", "pg", "cm", "pmm", "pmg", "pgg", "cmm",
    "p4", "p4m", "p4g", "p3", "p3m1", "p31m", "p6", "p6m",
]  # fmt: skip


class SeamlessOptions(Options, frozen=True, kw_only=True):
    """Options of ``seamless``."""

    method: Annotated[
        Literal["cut", "blend", "mirror", "smooth"],
        Meta(
            description="Cut joins along the least visible line, blend fades, mirror folds, smooth "
            "evens out light that differs from edge to edge"
        ),
    ] = "cut"
    overlap: Annotated[
        float, between(0.05, 0.5, "Share of each side that changes, for cut and blend")
    ] = 0.2
    axes: Annotated[
        Literal["xy", "x", "y"],
        Meta(description="Directions in which it repeats: across, down or both"),
    ] = "xy"


class MirrorHalfOptions(Options, frozen=True, kw_only=True):
    """Options of ``mirror``."""

    axis: Annotated[
        Literal["x", "y", "both"],
        Meta(description="x makes left and right alike, y top and bottom"),
    ] = "x"
    keep: Annotated[
        Literal["first", "last"],
        Meta(description="First keeps the left or upper half, last the right or lower one"),
    ] = "first"


class KaleidoscopeOptions(Options, frozen=True, kw_only=True):
    """Options of ``kaleidoscope``."""

    segments: Annotated[int, between(2, 64, "Points of the star; each is a mirrored pair")] = 6
    angle: Annotated[
        float, between(-180, 180, "Direction of the wedge that is shown, in degrees")
    ] = 0.0
    center: Center = (0.5, 0.5)
    zoom: Annotated[float, between(0.25, 8, "How many times larger")] = 1.0


class WallpaperOptions(Options, frozen=True, kw_only=True):
    """Options of ``wallpaper``."""

    group: Annotated[
        Group,
        Meta(
            description="Symmetry by its crystallographic name: the digit tells the turns, m "
            "mirrors, g glides; p1 only repeats, p6m has all that six-fold patterns can have"
        ),
    ] = "p4m"
    cell: Annotated[float, between(0.1, 1, f"Side of the cell that repeats, {SHARE}")] = 0.5
    center: Center = (0.5, 0.5)
    mix: Annotated[float, between(0, 1, "0 repeats one piece, 1 averages all pieces")] = 0.0


class DisplaceOptions(Options, frozen=True, kw_only=True):
    """Options of ``displace``."""

    amount: Annotated[float, between(0, 0.3, f"How far pixels move, {SHARE}")] = 0.03
    size: Annotated[float, between(0.02, 1, f"Distance between bulges or waves, {SHARE}")] = 0.2
    by: Annotated[
        Literal["noise", "waves"], Meta(description="Noise is like old glass, waves like water")
    ] = "noise"
    detail: Annotated[float, between(0, 1, "How much finer noise is added, 0 is smooth")] = 0.0


class SwirlOptions(Options, frozen=True, kw_only=True):
    """Options of ``swirl``."""

    angle: Annotated[
        float, between(-1440, 1440, "Rotation of the middle in degrees; 0 is none")
    ] = 180.0
    radius: Annotated[float, between(0.05, 1.5, f"How far the twist reaches, {SHARE}")] = 0.5
    center: Center = (0.5, 0.5)


class PolarOptions(Options, frozen=True, kw_only=True):
    """Options of ``polar``."""

    shape: Annotated[
        Literal["disc", "strip"],
        Meta(description="Disc winds the picture around a point, strip unwinds a disc"),
    ] = "disc"
    inside_out: Annotated[
        bool, Meta(description="The upper edge becomes the middle, not the rim")
    ] = False
    fold: Annotated[
        bool,
        Meta(description="Go around forth and back, so that the left and right edges meet unseen"),
    ] = True
    angle: Annotated[float, between(-180, 180, "Turn in degrees")] = 0.0
    strength: Annotated[
        float, between(0, 1, "0 leaves the picture as it is, 1 has the full effect")
    ] = 1.0


class DrosteOptions(Options, frozen=True, kw_only=True):
    """Options of ``droste``."""

    scale: Annotated[float, between(0.05, 0.9, "Size of each copy inside the one around it")] = 0.5
    twist: Annotated[
        int, between(-3, 3, "0 sets copies straight, 1 winds them into one spiral")
    ] = 1
    depth: Annotated[int, between(0, 24, "Copies inside each other; 0 leaves the picture")] = 12


class BorderOptions(Options, frozen=True, kw_only=True):
    """Options of ``border``."""

    width: Annotated[float, between(0, 0.5, f"Width on each side, {SHARE}")] = 0.04
    color: Annotated[str, Meta(description="Colour as hex", extra=COLOR)] = "ffffff"


class MatOptions(Options, frozen=True, kw_only=True):
    """Options of ``mat``."""

    width: Annotated[float, between(0.01, 0.5, f"Width of the card, {SHARE}")] = 0.12
    bottom: Annotated[float, between(1, 2, "How many times wider the card is below")] = 1.2
    color: Annotated[str, Meta(description="Colour of the card as hex", extra=COLOR)] = "f3eee2"
    bevel: Annotated[float, between(0, 0.05, f"Width of the slanted cut, {SHARE}; 0 is none")] = (
        0.008
    )


FILTERS: tuple[Filter, ...] = (
    declare(
        "seamless",
        "Make any picture repeat without a seam.",
        SeamlessOptions,
        main="method",
        group="space",
        space="linear",
        rolls=False,
        planes="drop",
    ),
    declare(
        "mirror",
        "Mirror one half of the picture onto the other.",
        MirrorHalfOptions,
        main="axis",
        **MOVED,
        space="any",
        keeps_indexed=True,
        keeps_range=True,
    ),
    declare(
        "kaleidoscope",
        "Show one wedge of the picture all around.",
        KaleidoscopeOptions,
        main="segments",
        **WARPED,
        keeps_wrap=False,
    ),
    declare(
        "wallpaper",
        "Repeat a piece by any of the 17 symmetries of the plane.",
        WallpaperOptions,
        main="group",
        **MOVED,
        space="any",
        keeps_size=False,
        keeps_indexed=True,
    ),
    declare(
        "displace",
        "Bend the picture like old glass or water.",
        DisplaceOptions,
        main="amount",
        **WARPED,
        neutral={"amount": 0},
    ),
    declare(
        "swirl",
        "Twist the picture around a point.",
        SwirlOptions,
        main="angle",
        **WARPED,
        neutral={"angle": 0},
    ),
    declare(
        "polar",
        "Wind the picture into a disc, or unwind one.",
        PolarOptions,
        main="shape",
        **WARPED,
        keeps_wrap=False,
        neutral={"strength": 0},
    ),
    declare(
        "droste",
        "Put the picture inside itself, again and again.",
        DrosteOptions,
        main="scale",
        **WARPED,
        keeps_wrap=False,
        neutral={"depth": 0},
    ),
    declare(
        "border",
        "Put a plain border around the picture.",
        BorderOptions,
        main="width",
        **FRAMED,
        keeps_indexed=True,
        neutral={"width": 0},
        keeps_range=True,
    ),
    declare(
        "mat",
        "Frame the picture in thick card with a slanted cut.",
        MatOptions,
        main="width",
        **FRAMED,
    ),
)
