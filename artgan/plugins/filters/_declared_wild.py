"""Declarations and options of the filters that break the picture up: facets, tears, contours."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import DRAWN, LIT, RAMP, SHARE, between, declare


class GlitchOptions(Options, frozen=True, kw_only=True):
    """Options of ``glitch``."""

    strength: Annotated[
        float, between(0, 1, "0 leaves the picture as it is, 0.2 is a worn tape, 1 a wreck")
    ] = 0.5
    bands: Annotated[int, between(2, 300, "Strips from top to bottom that may tear off")] = 36
    split: Annotated[
        float, between(0, 0.1, f"How far red and blue shift in a torn strip, {SHARE}")
    ] = 0.02


class ContoursOptions(Options, frozen=True, kw_only=True):
    """Options of ``contours``."""

    levels: Annotated[int, between(2, 64, "Steps from dark to light")] = 12
    width: Annotated[float, between(0.0005, 0.02, f"Width of the lines, {SHARE}")] = 0.003
    smooth: Annotated[
        float, between(0, 0.05, f"Details smaller than this are smoothed away, {SHARE}")
    ] = 0.008
    colors: Annotated[
        str | list[str],
        Meta(description="Palette from the lowest ground to the highest peak", extra=RAMP),
    ] = "f3ecd8,e3dfb8,b9c98f,86a86d,5f8a66"
    ink: Annotated[str, Meta(description="Colour of the lines: name of an ink, or hex")] = "5a3d2b"


class LowPolyOptions(Options, frozen=True, kw_only=True):
    """Options of ``low-poly``."""

    cells: Annotated[int, between(3, 150, "Facets across the shorter side")] = 32
    follow: Annotated[float, between(0, 1, "0 is an even mesh, 1 moves corners to edges")] = 0.8
    irregular: Annotated[float, between(0, 1, "0 is a ruler, 1 broken glass")] = 0.6
    variety: Annotated[float, between(0, 1, "How much facets of one colour differ in light")] = 0.12


class PixelSortOptions(Options, frozen=True, kw_only=True):
    """Options of ``pixel-sort``."""

    direction: Annotated[
        Literal["down", "up", "right", "left"], Meta(description="Where runs get lighter")
    ] = "down"
    low: Annotated[float, between(0, 1, "Darker pixels than this stay where they are")] = 0.25
    high: Annotated[float, between(0, 1, "Lighter pixels than this stay where they are")] = 0.8
    length: Annotated[
        float, between(0.01, 1, "Longest run, as a share of the side it runs along")
    ] = 0.4


FILTERS: tuple[Filter, ...] = (
    declare(
        "glitch",
        "Shift strips sideways and split their colours, as a broken signal does.",
        GlitchOptions,
        main="strength",
        **LIT,
        **DRAWN,
        neutral={"strength": 0},
        planes="drop",
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
        "Draw the picture with flat triangles.",
        LowPolyOptions,
        main="cells",
        group="shape",
        space="linear",
        keeps_wrap=False,
        rolls=False,
    ),
    declare(
        "pixel-sort",
        "Sort runs of pixels by their lightness.",
        PixelSortOptions,
        main="direction",
        group="shape",
        keeps_wrap=False,
        rolls=False,
        keeps_indexed=True,
        neutral={"low": 1, "high": 1},
        keeps_range=True,
        planes="drop",
    ),
)
