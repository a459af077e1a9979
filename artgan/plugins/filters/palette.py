"""Recolour with a palette, judged in OKLab (Ottosson 2020)."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import lightness, nearest, ramp, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters import PaletteOptions


def apply(picture: Picture, options: PaletteOptions, context: FilterContext) -> Picture:
    """Give the picture in the palette's colours."""
    if context.palette is None:
        raise StyleError("palettes can only be looked up inside a chain")
    colors = context.palette(options.palette, picture)
    if options.mode == "gradient":
        light = lightness(picture.color)
        drawn = ramp(colors[::-1] if options.reverse else colors, light)
        indexed = None
    else:
        drawn = colors[nearest(picture.color, colors, options.space)]
        indexed = colors
    if options.strength < 1:
        drawn = to_rgb(picture.color) * np.float32(1 - options.strength) + drawn * np.float32(
            options.strength
        )
        indexed = None
    return picture.replace(color=drawn, indexed=indexed)
