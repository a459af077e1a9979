"""Declarations and options of the filters that break the picture up: facets, tears, contours."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import RAMP, SHARE, declare


class GlitchOptions(Options, frozen=True, kw_only=True):
    """Options of ``glitch``."""

    strength: Annotated[
        float, Meta(ge=0, le=1, description="0 leaves the picture, 0.2 a worn tape, 1 a wreck")
    ] = 0.5
    bands: Annotated[
        int, Meta(ge=2, le=300, description="Strips from top to bottom that may tear off")
    ] = 36
    split: Annotated[
        float, Meta(ge=0, le=0.1, description=f"How far red and blue part in a torn strip, {SHARE}")
    ] = 0.02


class ContoursOptions(Options, frozen=True, kw_only=True):
    """Options of ``contours``."""

    levels: Annotated[int, Meta(ge=2, le=64, description="Steps from dark to light")] = 12
    width: Annotated[
        float, Meta(ge=0.0005, le=0.02, description=f"Width of the lines, {SHARE}")
    ] = 0.003
    smooth: Annotated[
        float, Meta(ge=0, le=0.05, description=f"Forms smaller than this melt away, {SHARE}")
    ] = 0.008
    colors: Annotated[
        str | list[str],
        Meta(description="Palette from the lowest ground to the highest peak", extra=RAMP),
    ] = "f3ecd8,e3dfb8,b9c98f,86a86d,5f8a66"
    ink: Annotated[str, Meta(description="Colour of the lines: name of an ink, or hex")] = "5a3d2b"


class LowPolyOptions(Options, frozen=True, kw_only=True):
    """Options of ``low-poly``."""

    cells: Annotated[int, Meta(ge=3, le=150, description="Facets across the shorter side")] = 32
    follow: Annotated[
        float, Meta(ge=0, le=1, description="0 is an even net, 1 draws corners to the edges")
    ] = 0.8
    irregular: Annotated[float, Meta(ge=0, le=1, description="0 is a ruler, 1 broken glass")] = 0.6
    variety: Annotated[
        float, Meta(ge=0, le=1, description="How much facets of one colour differ in light")
    ] = 0.12


class PixelSortOptions(Options, frozen=True, kw_only=True):
    """Options of ``pixel-sort``."""

    direction: Annotated[
        Literal["down", "up", "right", "left"], Meta(description="Where the light runs to")
    ] = "down"
    low: Annotated[
        float, Meta(ge=0, le=1, description="Darker pixels than this stay where they are")
    ] = 0.25
    high: Annotated[
        float, Meta(ge=0, le=1, description="Lighter pixels than this stay where they are")
    ] = 0.8
    length: Annotated[
        float, Meta(ge=0.01, le=1, description="Longest run, as a share of the side it runs along")
    ] = 0.4


FILTERS: tuple[Filter, ...] = (
    declare(
        "glitch",
        "Tear strips sideways and part their colours, as a broken signal does.",
        GlitchOptions,
        main="strength",
        group="light",
        space="linear",
        rolls=False,
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "contours",
        "Draw lines of equal lightness, as maps draw heights.",
        ContoursOptions,
        main="levels",
        group="shape",
        adds_color=True,
        paths="artgan.plugins.filters._paths:contours_paths",
    ),
    declare(
        "low-poly",
        "Fold the picture out of flat triangles.",
        LowPolyOptions,
        main="cells",
        group="shape",
        space="linear",
        keeps_wrap=False,
        rolls=False,
    ),
    declare(
        "pixel-sort",
        "Let pixels run and settle by their lightness.",
        PixelSortOptions,
        main="direction",
        group="shape",
        keeps_wrap=False,
        rolls=False,
        keeps_indexed=True,
        neutral={"low": 1, "high": 1},
        keeps_range=True,
    ),
)
