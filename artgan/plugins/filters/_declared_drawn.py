"""Declarations and options of the filters that draw: ink, paint, letters, stones and pens."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import DRAWN, SHARE, Ink, Paper, between, declare

Width = Annotated[float, between(0.002, 0.03, f"Size of the finest forms, {SHARE}")]
Sharpness = Annotated[
    float, between(0.5, 50, "1 is a soft pencil, 15 a pen, 50 pure black and white")
]


class InkEdgesOptions(Options, frozen=True, kw_only=True):
    """Options of ``ink-edges``."""

    width: Annotated[float, between(0.002, 0.03, f"Width of the lines, {SHARE}")] = 0.006
    sharpness: Sharpness = 15.0
    threshold: Annotated[
        float, between(0, 1, "Low draws strong edges alone, high the faint ones too")
    ] = 0.6
    plane: Annotated[
        str,
        Meta(
            description="Plane whose edges are drawn, as remember keeps one; none takes the picture"
        ),
    ] = "none"
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class WoodcutOptions(Options, frozen=True, kw_only=True):
    """Options of ``woodcut``."""

    width: Width = 0.006
    sharpness: Sharpness = 15.0
    threshold: Annotated[float, between(0, 1, "Lightness below which the print is solid ink")] = 0.6
    lines: Annotated[float, between(10, 200, "Cuts across the shorter side")] = 60.0
    carve: Annotated[float, between(0, 1, "How far mid-tones are cut into lines; 0 is none")] = 0.55
    angle: Annotated[float, between(-90, 90, "Turn of the cuts in degrees")] = 20.0
    ink: Ink = "161616"
    paper: Paper = "f4ecd8"


class KuwaharaOptions(Options, frozen=True, kw_only=True):
    """Options of ``kuwahara``."""

    radius: Annotated[float, between(0.002, 0.05, f"Size of the brush, {SHARE}")] = 0.015
    sectors: Annotated[
        Literal["4", "8"], Meta(description="4 has a square brush, 8 a round one")
    ] = "8"


class StippleOptions(Options, frozen=True, kw_only=True):
    """Options of ``stipple``."""

    dots: Annotated[int, between(100, 40_000, "Number of dots for a picture that is half ink")] = (
        4000
    )
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class CrosshatchOptions(Options, frozen=True, kw_only=True):
    """Options of ``crosshatch``."""

    lines: Annotated[float, between(10, 300, "Lines of each layer across the shorter side")] = 60.0
    layers: Annotated[int, between(1, 6, "Directions, from light to dark")] = 4
    angle: Annotated[float, between(-90, 90, "Turn of the first layer in degrees")] = 45.0
    wobble: Annotated[float, between(0, 1, "0 is a ruler, 1 an unsteady hand")] = 0.3
    ink: Ink = "161616"
    paper: Paper = "f7f3ea"


class AsciiOptions(Options, frozen=True, kw_only=True):
    """Options of ``ascii``."""

    columns: Annotated[int, between(10, 300, "Letters across")] = 80
    glyphs: Annotated[
        str, Meta(min_length=1, max_length=100, description="Letters to choose from, in any order")
    ] = " .:-=+*#%@"
    color: Annotated[bool, Meta(description="Each letter in its cell's own colour")] = False
    shape: Annotated[
        float, between(0, 1, "0 chooses letters by their density, 1 by where their ink lies too")
    ] = 0.0
    variety: Annotated[
        float, between(0, 1, "0 fills an even tone with one letter, 1 with many different ones")
    ] = 0.0
    leading: Annotated[
        int, between(6, 16, "Height of a line in pixels of the font, whose letters are 6 wide")
    ] = 11
    shade: Annotated[float, between(0, 1, "0 draws all letters alike, 1 those in the dark dim")] = (
        0.0
    )
    light_on_dark: Annotated[
        bool, Meta(description="Dense letters are light, as on a screen; false is ink on paper")
    ] = True
    ink: Ink = "7dff9a"
    paper: Annotated[str, Meta(description="Colour behind the letters as hex")] = "0a0f0b"


class MosaicOptions(Options, frozen=True, kw_only=True):
    """Options of ``mosaic``."""

    columns: Annotated[int, between(4, 300, "Stones across the shorter side")] = 40
    gap: Annotated[float, between(0, 0.6, "Width of the grout as a share of a stone")] = 0.14
    irregular: Annotated[float, between(0, 1, "0 is a grid of squares, 1 broken pieces")] = 0.7
    variety: Annotated[float, between(0, 1, "How much stones of one colour differ")] = 0.12
    grout: Annotated[str, Meta(description="Colour between the stones as hex")] = "2b2622"


class CollageOptions(Options, frozen=True, kw_only=True):
    """Options of ``collage``."""

    columns: Annotated[int, between(2, 100, "Pieces across the shorter side")] = 8
    order: Annotated[
        Literal["seed", "hue", "lightness"],
        Meta(description="Shuffled by the seed, or sorted by hue or lightness"),
    ] = "seed"
    gap: Annotated[float, between(0, 0.5, "Space between pieces as a share of one")] = 0.0
    pictures: Annotated[
        tuple[str, ...], Meta(description="Further picture files to take pieces from")
    ] = ()
    paper: Paper = "f4ecd8"


class PlotterOptions(Options, frozen=True, kw_only=True):
    """Options of ``plotter``."""

    pattern: Annotated[
        Literal["hatch", "waves", "spiral"],
        Meta(
            description="Hatch lays lines over each other, waves swell with the tone, spiral is "
            "one continuous line"
        ),
    ] = "hatch"
    lines: Annotated[float, between(10, 300, "Lines across the shorter side")] = 80.0
    pen: Annotated[float, between(0.0005, 0.02, f"Width of the pen, {SHARE}")] = 0.004
    layers: Annotated[int, between(1, 6, "Directions of hatch, from light to dark")] = 4
    angle: Annotated[float, between(-90, 90, "Turn of the lines in degrees")] = 45.0
    quicken: Annotated[
        float, between(0, 1, "0 swings waves and spiral alike, 1 many times as fast in the dark")
    ] = 0.0
    lift: Annotated[
        float, between(0, 1, "Darkness below which waves and spiral lift the pen; 0 never does")
    ] = 0.0
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
        **DRAWN,
        group="print",
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
        "Draw with dots of ink.",
        StippleOptions,
        main="dots",
        **DRAWN,
        group="shape",
        space="linear",
        paths="artgan.plugins.filters._paths:stipple_paths",
    ),
    declare(
        "crosshatch",
        "Shade with layers of crossing lines.",
        CrosshatchOptions,
        main="lines",
        **DRAWN,
        group="shape",
        space="linear",
        paths="artgan.plugins.filters._paths:crosshatch_paths",
    ),
    declare(
        "ascii",
        "Draw the picture with letters.",
        AsciiOptions,
        main="columns",
        **DRAWN,
        group="shape",
        paths="artgan.plugins.filters._paths:ascii_paths",
    ),
    declare(
        "mosaic",
        "Draw the picture as a mosaic of small stones.",
        MosaicOptions,
        main="columns",
        **DRAWN,
        group="shape",
        space="linear",
    ),
    declare(
        "collage",
        "Cut the picture into pieces and lay them out in another order.",
        CollageOptions,
        main="columns",
        **DRAWN,
        group="shape",
        space="linear",
        keeps_wrap=False,
        planes="drop",
    ),
    declare(
        "plotter",
        "Draw with a pen, line by line.",
        PlotterOptions,
        main="pattern",
        **DRAWN,
        group="print",
        space="linear",
        keeps_wrap=False,
        paths="artgan.plugins.filters._paths:plotter_paths",
    ),
)
