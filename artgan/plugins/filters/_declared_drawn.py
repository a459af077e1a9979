"""Declarations and options of the filters that draw: ink, paint, letters, stones and pens."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import SHARE, declare

Ink = Annotated[str, Meta(description="Name of an ink, or a colour as hex")]
Paper = Annotated[str, Meta(description="Colour of the paper as hex")]
Width = Annotated[float, Meta(ge=0.002, le=0.03, description=f"Size of the finest forms, {SHARE}")]
Sharpness = Annotated[
    float, Meta(ge=0.5, le=50, description="1 is a soft pencil, 15 a pen, 50 two tones alone")
]


class InkEdgesOptions(Options, frozen=True, kw_only=True):
    """Options of ``ink-edges``."""

    width: Annotated[float, Meta(ge=0.002, le=0.03, description=f"Width of the lines, {SHARE}")] = (
        0.006
    )
    sharpness: Sharpness = 15.0
    threshold: Annotated[
        float, Meta(ge=0, le=1, description="Low draws strong edges alone, high the faint ones too")
    ] = 0.6
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class WoodcutOptions(Options, frozen=True, kw_only=True):
    """Options of ``woodcut``."""

    width: Width = 0.006
    sharpness: Sharpness = 15.0
    threshold: Annotated[
        float, Meta(ge=0, le=1, description="Lightness below which wood is left standing")
    ] = 0.6
    lines: Annotated[float, Meta(ge=10, le=200, description="Cuts across the shorter side")] = 60.0
    carve: Annotated[
        float, Meta(ge=0, le=1, description="How far mid-tones are cut into lines; 0 is none")
    ] = 0.55
    angle: Annotated[float, Meta(ge=-90, le=90, description="Turn of the cuts in degrees")] = 20.0
    ink: Ink = "161616"
    paper: Paper = "f4ecd8"


class KuwaharaOptions(Options, frozen=True, kw_only=True):
    """Options of ``kuwahara``."""

    radius: Annotated[float, Meta(ge=0.002, le=0.05, description=f"Size of the brush, {SHARE}")] = (
        0.015
    )
    sectors: Annotated[
        Literal["4", "8"], Meta(description="4 has a square brush, 8 a round one")
    ] = "8"


class StippleOptions(Options, frozen=True, kw_only=True):
    """Options of ``stipple``."""

    dots: Annotated[
        int, Meta(ge=100, le=40_000, description="Dots on a picture that is half covered by ink")
    ] = 4000
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class CrosshatchOptions(Options, frozen=True, kw_only=True):
    """Options of ``crosshatch``."""

    lines: Annotated[
        float, Meta(ge=10, le=300, description="Lines of each layer across the shorter side")
    ] = 60.0
    layers: Annotated[int, Meta(ge=1, le=6, description="Directions, from light to dark")] = 4
    angle: Annotated[
        float, Meta(ge=-90, le=90, description="Turn of the first layer in degrees")
    ] = 45.0
    wobble: Annotated[float, Meta(ge=0, le=1, description="0 is a ruler, 1 an unsteady hand")] = 0.3
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class AsciiOptions(Options, frozen=True, kw_only=True):
    """Options of ``ascii``."""

    columns: Annotated[int, Meta(ge=10, le=300, description="Letters across")] = 80
    glyphs: Annotated[
        str, Meta(min_length=1, max_length=100, description="Letters to choose from, in any order")
    ] = " .:-=+*#%@"
    color: Annotated[bool, Meta(description="Each letter in its cell's own colour")] = False
    light_on_dark: Annotated[
        bool, Meta(description="Dense letters are light, as on a screen; false is ink on paper")
    ] = True
    ink: Ink = "7dff9a"
    paper: Annotated[str, Meta(description="Colour behind the letters as hex")] = "0a0f0b"


class MosaicOptions(Options, frozen=True, kw_only=True):
    """Options of ``mosaic``."""

    columns: Annotated[int, Meta(ge=4, le=300, description="Stones across the shorter side")] = 40
    gap: Annotated[
        float, Meta(ge=0, le=0.6, description="Width of the grout as a share of a stone")
    ] = 0.14
    irregular: Annotated[
        float, Meta(ge=0, le=1, description="0 is a grid of squares, 1 broken pieces")
    ] = 0.7
    variety: Annotated[
        float, Meta(ge=0, le=1, description="How much stones of one colour differ")
    ] = 0.12
    grout: Annotated[str, Meta(description="Colour between the stones as hex")] = "2b2622"


class CollageOptions(Options, frozen=True, kw_only=True):
    """Options of ``collage``."""

    columns: Annotated[int, Meta(ge=2, le=100, description="Pieces across the shorter side")] = 8
    order: Annotated[
        Literal["seed", "hue", "lightness"],
        Meta(description="Shuffled by the seed, or sorted by hue or lightness"),
    ] = "seed"
    gap: Annotated[
        float, Meta(ge=0, le=0.5, description="Space between pieces as a share of one")
    ] = 0.0
    pictures: Annotated[
        tuple[str, ...], Meta(description="Picture files to take pieces from in turn, too")
    ] = ()
    paper: Paper = "f4ecd8"


class PlotterOptions(Options, frozen=True, kw_only=True):
    """Options of ``plotter``."""

    pattern: Annotated[
        Literal["hatch", "waves", "spiral"],
        Meta(
            description="Hatch lays lines over each other, waves swell with the tone, spiral is "
            "one line without end"
        ),
    ] = "hatch"
    lines: Annotated[float, Meta(ge=10, le=300, description="Lines across the shorter side")] = 80.0
    pen: Annotated[float, Meta(ge=0.0005, le=0.02, description=f"Width of the pen, {SHARE}")] = (
        0.004
    )
    layers: Annotated[
        int, Meta(ge=1, le=6, description="Directions of hatch, from light to dark")
    ] = 4
    angle: Annotated[float, Meta(ge=-90, le=90, description="Turn of the lines in degrees")] = 45.0
    inks: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            max_length=4,
            description="A pen each: names of inks or hex, as in cyan,magenta,yellow,key",
        ),
    ] = ("161616",)
    paper: Paper = "fbf9f4"


FILTERS: tuple[Filter, ...] = (
    declare(
        "ink-edges",
        "Draw outlines with ink.",
        InkEdgesOptions,
        main="width",
        group="shape",
        adds_color=True,
    ),
    declare(
        "woodcut",
        "Cut the picture into wood and print it.",
        WoodcutOptions,
        main="lines",
        group="print",
        rolls=False,
        adds_color=True,
    ),
    declare(
        "kuwahara",
        "Paint with a brush that keeps to the edges.",
        KuwaharaOptions,
        main="radius",
        group="shape",
    ),
    declare(
        "stipple",
        "Draw with dots of ink alone.",
        StippleOptions,
        main="dots",
        group="shape",
        space="linear",
        rolls=False,
        adds_color=True,
        paths="artgan.plugins.filters._paths:stipple_paths",
    ),
    declare(
        "crosshatch",
        "Shade with layers of crossing lines.",
        CrosshatchOptions,
        main="lines",
        group="shape",
        space="linear",
        rolls=False,
        adds_color=True,
        paths="artgan.plugins.filters._paths:crosshatch_paths",
    ),
    declare(
        "ascii",
        "Set the picture in letters.",
        AsciiOptions,
        main="columns",
        group="shape",
        rolls=False,
        adds_color=True,
        paths="artgan.plugins.filters._paths:ascii_paths",
    ),
    declare(
        "mosaic",
        "Lay the picture with small stones.",
        MosaicOptions,
        main="columns",
        group="shape",
        space="linear",
        rolls=False,
        adds_color=True,
    ),
    declare(
        "collage",
        "Cut the picture into pieces and lay them out anew.",
        CollageOptions,
        main="columns",
        group="shape",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        adds_color=True,
    ),
    declare(
        "plotter",
        "Draw with a pen, line by line.",
        PlotterOptions,
        main="pattern",
        group="print",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        adds_color=True,
        paths="artgan.plugins.filters._paths:plotter_paths",
    ),
)
