"""Declarations and options of the filters for space and frame."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import COLOR, SHARE, declare

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
    "p1",
    "p2",
    "pm",
    "pg",
    "cm",
    "pmm",
    "pmg",
    "pgg",
    "cmm",
    "p4",
    "p4m",
    "p4g",
    "p3",
    "p3m1",
    "p31m",
    "p6",
    "p6m",
]


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
        float,
        Meta(ge=0.05, le=0.5, description="Share of each side that changes, for cut and blend"),
    ] = 0.2
    axes: Annotated[
        Literal["xy", "x", "y"], Meta(description="Where it shall repeat: across, down or both")
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

    segments: Annotated[
        int, Meta(ge=2, le=64, description="Points of the star; each is a mirrored pair")
    ] = 6
    angle: Annotated[
        float, Meta(ge=-180, le=180, description="Direction of the wedge that is shown, in degrees")
    ] = 0.0
    center: Center = (0.5, 0.5)
    zoom: Annotated[float, Meta(ge=0.25, le=8, description="How many times larger")] = 1.0


class WallpaperOptions(Options, frozen=True, kw_only=True):
    """Options of ``wallpaper``."""

    group: Annotated[
        Group,
        Meta(
            description="Symmetry by its crystallographic name: the digit tells the turns, m "
            "mirrors, g glides; p1 only repeats, p6m has all that six-fold patterns can have"
        ),
    ] = "p4m"
    cell: Annotated[
        float, Meta(ge=0.1, le=1, description=f"Side of the cell that repeats, {SHARE}")
    ] = 0.5
    center: Center = (0.5, 0.5)
    mix: Annotated[
        float,
        Meta(
            ge=0, le=1, description="0 repeats one piece, 1 lays all pieces over each other softly"
        ),
    ] = 0.0


class DisplaceOptions(Options, frozen=True, kw_only=True):
    """Options of ``displace``."""

    amount: Annotated[float, Meta(ge=0, le=0.3, description=f"How far pixels move, {SHARE}")] = 0.03
    size: Annotated[
        float, Meta(ge=0.02, le=1, description=f"Distance between bulges or waves, {SHARE}")
    ] = 0.2
    by: Annotated[
        Literal["noise", "waves"], Meta(description="Noise is like old glass, waves like water")
    ] = "noise"
    detail: Annotated[
        float, Meta(ge=0, le=1, description="How much finer noise is added, 0 is smooth")
    ] = 0.0


class SwirlOptions(Options, frozen=True, kw_only=True):
    """Options of ``swirl``."""

    angle: Annotated[
        float, Meta(ge=-1440, le=1440, description="Turn of the middle in degrees; 0 is none")
    ] = 180.0
    radius: Annotated[
        float, Meta(ge=0.05, le=1.5, description=f"How far the stirring reaches, {SHARE}")
    ] = 0.5
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
        bool, Meta(description="Go round there and back, so that left and right edge meet unseen")
    ] = True
    angle: Annotated[float, Meta(ge=-180, le=180, description="Turn in degrees")] = 0.0
    strength: Annotated[
        float, Meta(ge=0, le=1, description="0 leaves the picture, 1 is the whole way")
    ] = 1.0


class DrosteOptions(Options, frozen=True, kw_only=True):
    """Options of ``droste``."""

    scale: Annotated[
        float, Meta(ge=0.05, le=0.9, description="Size of each copy inside the one around it")
    ] = 0.5
    twist: Annotated[
        int, Meta(ge=-3, le=3, description="0 sets copies straight, 1 winds them into one spiral")
    ] = 1
    depth: Annotated[
        int, Meta(ge=0, le=24, description="Copies inside each other; 0 leaves the picture")
    ] = 12


class BorderOptions(Options, frozen=True, kw_only=True):
    """Options of ``border``."""

    width: Annotated[float, Meta(ge=0, le=0.5, description=f"Width on each side, {SHARE}")] = 0.04
    color: Annotated[str, Meta(description="Colour as hex", extra=COLOR)] = "ffffff"


class MatOptions(Options, frozen=True, kw_only=True):
    """Options of ``mat``."""

    width: Annotated[float, Meta(ge=0.01, le=0.5, description=f"Width of the card, {SHARE}")] = 0.12
    bottom: Annotated[
        float, Meta(ge=1, le=2, description="How many times wider the card is below")
    ] = 1.2
    color: Annotated[str, Meta(description="Colour of the card as hex", extra=COLOR)] = "f3eee2"
    bevel: Annotated[
        float, Meta(ge=0, le=0.05, description=f"Width of the slanted cut, {SHARE}; 0 is none")
    ] = 0.008


FILTERS: tuple[Filter, ...] = (
    declare(
        "seamless",
        "Make any picture repeat without a seam.",
        SeamlessOptions,
        main="method",
        group="space",
        space="linear",
        rolls=False,
    ),
    declare(
        "mirror",
        "Mirror one half of the picture onto the other.",
        MirrorHalfOptions,
        main="axis",
        group="space",
        space="any",
        keeps_indexed=True,
        rolls=False,
        keeps_range=True,
    ),
    declare(
        "kaleidoscope",
        "Show one wedge of the picture all around.",
        KaleidoscopeOptions,
        main="segments",
        group="space",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        keeps_range=True,
    ),
    declare(
        "wallpaper",
        "Repeat a piece by any of the 17 symmetries of the plane.",
        WallpaperOptions,
        main="group",
        group="space",
        space="any",
        keeps_size=False,
        keeps_indexed=True,
        rolls=False,
    ),
    declare(
        "displace",
        "Bend the picture like old glass or water.",
        DisplaceOptions,
        main="amount",
        group="space",
        space="linear",
        rolls=False,
        neutral={"amount": 0},
        keeps_range=True,
    ),
    declare(
        "swirl",
        "Stir the picture around a point.",
        SwirlOptions,
        main="angle",
        group="space",
        space="linear",
        rolls=False,
        neutral={"angle": 0},
        keeps_range=True,
    ),
    declare(
        "polar",
        "Wind the picture into a disc, or unwind one.",
        PolarOptions,
        main="shape",
        group="space",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        neutral={"strength": 0},
        keeps_range=True,
    ),
    declare(
        "droste",
        "Put the picture inside itself, again and again.",
        DrosteOptions,
        main="scale",
        group="space",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        neutral={"depth": 0},
        keeps_range=True,
    ),
    declare(
        "border",
        "Put a plain border around the picture.",
        BorderOptions,
        main="width",
        group="frame",
        keeps_size=False,
        keeps_wrap=False,
        keeps_indexed=True,
        rolls=False,
        adds_color=True,
        neutral={"width": 0},
        keeps_range=True,
    ),
    declare(
        "mat",
        "Frame the picture in thick card with a slanted cut.",
        MatOptions,
        main="width",
        group="frame",
        keeps_size=False,
        keeps_wrap=False,
        rolls=False,
        adds_color=True,
    ),
)
