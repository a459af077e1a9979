"""Options and declarations of the filters that decide by all pictures of a command."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import Strength, between, declare


class CommonPaletteOptions(Options, frozen=True, kw_only=True):
    """Options of ``common-palette``."""

    count: Annotated[int, between(2, 256, "Colours that all pictures have between them")] = 8
    dots: Annotated[
        Literal["none", "blue-noise", "bayer-4", "floyd-steinberg"],
        Meta(description="None: flat areas of the nearest colour; else dots that mix the others"),
    ] = "none"
    colors: Annotated[
        tuple[str, ...],
        Meta(description="The colours as hex; none takes them from all pictures together"),
    ] = ()


class EqualLightOptions(Options, frozen=True, kw_only=True):
    """Options of ``equal-light``."""

    light: Annotated[
        float,
        between(0, 1, "Lightness that the mid-tones get; 0 takes the middle of all pictures"),
    ] = 0.0
    strength: Strength = 1.0


FILTERS: tuple[Filter, ...] = (
    declare(
        "common-palette",
        "Draw all pictures of a set with the same colours, taken from all of them.",
        CommonPaletteOptions,
        main="count",
        survey="artgan.plugins.filters.common_palette:survey",
        adds_color=True,
        rolls=False,
        size_free=False,
    ),
    declare(
        "equal-light",
        "Bring the mid-tones of all pictures of a set to the same lightness.",
        EqualLightOptions,
        main="strength",
        group="light",
        survey="artgan.plugins.filters.equal_light:survey",
        keeps_range=True,
        neutral={"strength": 0},
    ),
)
