"""Catalogue of the built-in filters."""

from collections.abc import Iterator
from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options, hookimpl
from artgan.plugins.filters._declare import (
    COLOR,
    DRAWN,
    LIT,
    PALETTE,
    SHARE,
    WHOLE_PIXELS,
    between,
    declare,
)
from artgan.plugins.filters._declared_color import FILTERS as COLOR_FILTERS
from artgan.plugins.filters._declared_drawn import FILTERS as DRAWN_FILTERS
from artgan.plugins.filters._declared_film import FILTERS as FILM_FILTERS
from artgan.plugins.filters._declared_materials import FILTERS as MATERIAL_FILTERS
from artgan.plugins.filters._declared_page import FILTERS as PAGE_FILTERS
from artgan.plugins.filters._declared_set import FILTERS as SET_FILTERS
from artgan.plugins.filters._declared_space import FILTERS as SPACE_FILTERS
from artgan.plugins.filters._declared_wild import FILTERS as WILD_FILTERS


class UpscaleOptions(Options, frozen=True, kw_only=True):
    """Options of ``upscale``."""

    size: Annotated[int, between(0, 8192, "Shorter side in pixels; 0 takes the factor instead")] = (
        512
    )
    factor: Annotated[float, between(1, 16, "How many times larger, when size is 0")] = 2.0
    method: Annotated[
        Literal["lanczos", "smooth", "crisp", "nearest", "epx", "neural", "neural-photo"],
        Meta(
            description="Lanczos is sharp; smooth melts the pixels of tiny pictures; crisp draws "
            "clear edges instead; nearest keeps pixels square, by whole factors; epx rounds the "
            "corners of pixel art, by 2, 4, 8 or 16; neural draws detail anew by a network (pip "
            "install 'artgan[neural]'), neural-photo finer and many times slower"
        ),
    ] = "lanczos"


class LevelsOptions(Options, frozen=True, kw_only=True):
    """Options of ``levels``."""

    black: Annotated[float, between(0, 1, "What becomes black")] = 0.0
    white: Annotated[float, between(0, 1, "What becomes white")] = 1.0
    gamma: Annotated[float, between(0.2, 5, "Mid-tones: above 1 is lighter, below darker")] = 1.0


class PaletteOptions(Options, frozen=True, kw_only=True):
    """Options of ``palette``."""

    palette: Annotated[
        str | list[str],
        Meta(
            description="Name, colours as in 07051a,ff4fa3, a colormap as in cmap:viridis:12, a "
            "palette file, or own:16 for sixteen colours of the picture's own",
            extra=PALETTE,
        ),
    ] = "gameboy"
    mode: Annotated[
        Literal["nearest", "gradient"],
        Meta(description="Nearest: each pixel takes the nearest colour. Gradient: dark to light"),
    ] = "nearest"
    space: Annotated[
        Literal["oklab", "srgb"],
        Meta(description="Colour space of distances; oklab sees as eyes do"),
    ] = "oklab"
    match: Annotated[
        Literal["color", "lightness"],
        Meta(description="Nearest: by the whole colour, or by lightness alone, to recolour"),
    ] = "color"
    reverse: Annotated[bool, Meta(description="Gradient: light becomes dark")] = False
    strength: Annotated[
        float, between(0, 1, "0 leaves the picture as it is, 1 has only palette colours")
    ] = 1.0


class GlowOptions(Options, frozen=True, kw_only=True):
    """Options of ``glow``."""

    strength: Annotated[float, between(0, 4, "0 is none, 1 a lit sign, 3 a foggy night")] = 1.0
    radius: Annotated[float, between(0.005, 0.3, f"How far light reaches, {SHARE}")] = 0.06
    threshold: Annotated[float, between(0, 1, "Brightness from which things glow")] = 0.45
    color: Annotated[
        str,
        Meta(description="Colour of the light as hex; none keeps that of what glows", extra=COLOR),
    ] = "none"


class NeonEdgesOptions(Options, frozen=True, kw_only=True):
    """Options of ``neon-edges``."""

    colors: Annotated[
        str | list[str],
        Meta(
            description="Palette from the wall to the tubes, at least two colours; the tubes have "
            "the last ones, up to three",
            extra=PALETTE,
        ),
    ] = "neon"
    width: Annotated[float, between(0.002, 0.05, f"Width of the tubes, {SHARE}")] = 0.01
    gain: Annotated[float, between(0, 4, "0 is a dark wall; above 1 faint edges get tubes too")] = (
        1.0
    )
    fill: Annotated[float, between(0, 1, "How much of the shapes' own light shows inside")] = 0.35
    normalize: Annotated[
        Literal["picture", "series"],
        Meta(
            description="Picture measures edges by the strongest one; series by the same scale "
            "for all, so that animations do not flicker"
        ),
    ] = "picture"


class NeonSignsOptions(NeonEdgesOptions, frozen=True, kw_only=True):
    """Options of ``neon-signs``."""

    longest: Annotated[
        float,
        between(0, 1, "Lines shorter and fainter than this share of the longest get no tube"),
    ] = 0.06


class VignetteOptions(Options, frozen=True, kw_only=True):
    """Options of ``vignette``."""

    strength: Annotated[float, between(0, 1, "0 is none, 1 blackens the corners")] = 0.4
    radius: Annotated[float, between(0.3, 1.5, "Where it is half dark; 1 is the corner")] = 0.9
    softness: Annotated[float, between(0, 1, "0 is an edge, 1 a long fade")] = 0.5


class TileOptions(Options, frozen=True, kw_only=True):
    """Options of ``tile``."""

    columns: Annotated[int, between(1, 64, "Copies across")] = 3
    rows: Annotated[int, between(1, 64, "Copies down")] = 3
    stagger: Annotated[
        float, Meta(ge=0, lt=1, description="Shift of every other row; 0.5 is a brick wall")
    ] = 0.0
    flip: Annotated[
        Literal["none", "x", "y", "both"], Meta(description="Mirror every other copy")
    ] = "none"


class HalftoneOptions(Options, frozen=True, kw_only=True):
    """Options of ``halftone``."""

    lines: Annotated[float, between(10, 300, "Rows of dots across the shorter side")] = 60.0
    angle: Annotated[float, between(-90, 90, "Turn of the screen in degrees")] = 45.0
    shape: Annotated[
        Literal["dot", "line", "diamond", "cross"],
        Meta(description="Shape that ink takes as it spreads"),
    ] = "dot"
    inks: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            max_length=4,
            description="Names of inks or hex; cyan,magenta,yellow,key prints in full colour",
        ),
    ] = ("111111",)
    angles: Annotated[
        tuple[float, ...],
        Meta(
            min_length=1,
            description="Turn of each ink's screen when there are several; an angle other than 45 "
            "turns all of them",
        ),
    ] = (15.0, 75.0, 0.0, 45.0)
    paper: Annotated[str, Meta(description="Colour of the paper as hex", extra=COLOR)] = "f4ecd8"


class PixelateOptions(Options, frozen=True, kw_only=True):
    """Options of ``pixelate``."""

    cells: Annotated[int, between(4, 512, "Cells across the shorter side")] = 48
    pick: Annotated[
        Literal["mean", "mode"],
        Meta(description="Mean mixes each cell's light; mode takes its commonest colour"),
    ] = "mean"


class GrainOptions(Options, frozen=True, kw_only=True):
    """Options of ``grain``."""

    strength: Annotated[float, between(0, 0.5, "0 is none, 0.06 film, 0.3 a photocopy")] = 0.06
    size: Annotated[float, between(0.0005, 0.02, f"Size of the grains, {SHARE}")] = 0.0015
    color: Annotated[float, between(0, 1, "0 is grey grain, 1 differs in every colour")] = 0.2


@hookimpl
def artgan_filters() -> Iterator[Filter]:
    """Yield the built-in filters."""
    yield declare(
        "palette",
        "Recolour with a palette: nearest colours, or a ramp from dark to light.",
        PaletteOptions,
        main="palette",
        adds_color=True,
        neutral={"strength": 0},
    )
    yield declare(
        "levels",
        "Set black, white and mid-tones.",
        LevelsOptions,
        main="gamma",
        neutral={},
        keeps_range=True,
    )
    yield declare(
        "glow",
        "Let bright things shed light around them.",
        GlowOptions,
        main="strength",
        **LIT,
        adds_color=True,
        neutral={"strength": 0},
    )
    yield declare(
        "neon-edges",
        "Trace shapes with glass tubes on a dark wall.",
        NeonEdgesOptions,
        main="colors",
        **DRAWN,
        group="light",
    )
    yield declare(
        "neon-signs",
        "Trace shapes with few long glass tubes, as a sign maker bends them.",
        NeonSignsOptions,
        main="colors",
        **DRAWN,
        group="light",
    )
    yield declare(
        "vignette",
        "Darken towards the corners.",
        VignetteOptions,
        main="strength",
        **LIT,
        keeps_wrap=False,
        rolls=False,
        neutral={"strength": 0},
    )
    yield declare(
        "tile",
        "Repeat the picture in rows and columns.",
        TileOptions,
        main="columns",
        **WHOLE_PIXELS,
        group="space",
        planes="move",
        neutral={"columns": 1, "rows": 1},
        keeps_range=True,
    )
    yield declare(
        "upscale",
        "Enlarge: smooth, or with square pixels.",
        UpscaleOptions,
        main="size",
        **WHOLE_PIXELS,
        group="scale",
        neutral={"size": 0, "factor": 1},
        keeps_range=True,
    )
    yield declare(
        "halftone",
        "Print with a screen of dots or lines.",
        HalftoneOptions,
        main="lines",
        **DRAWN,
        paths="artgan.plugins.filters._paths:halftone_paths",
        group="print",
        space="linear",
        keeps_wrap=False,
    )
    yield declare(
        "pixelate",
        "Draw the picture with square cells of one colour.",
        PixelateOptions,
        main="cells",
        group="shape",
        space="any",
        keeps_wrap=False,
        rolls=False,
        keeps_range=True,
    )
    yield declare(
        "grain",
        "Add film grain, strongest in the mid-tones.",
        GrainOptions,
        main="strength",
        **DRAWN,
        group="print",
        neutral={"strength": 0},
    )
    yield from COLOR_FILTERS
    yield from SPACE_FILTERS
    yield from PAGE_FILTERS
    yield from DRAWN_FILTERS
    yield from WILD_FILTERS
    yield from MATERIAL_FILTERS
    yield from FILM_FILTERS
    yield from SET_FILTERS
