"""Recolour with a palette, judged in OKLab (Ottosson 2020)."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import lightness, linear_to_srgb, nearest, ramp, to_rgb
from artgan.plugin.picture import FloatArray, Picture
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
        drawn = colors.take(_nearest(picture, colors, options), axis=0)
        indexed = colors
    if options.strength < 1:
        drawn = to_rgb(picture.color) * np.float32(1 - options.strength) + drawn * np.float32(
            options.strength
        )
        indexed = None
    return picture.replace(color=drawn, indexed=indexed)


def _nearest(picture: Picture, colors: FloatArray, options: PaletteOptions) -> NDArray[np.intp]:
    if options.match == "color":
        return nearest(picture.color, colors, options.space)
    # A grey has no colour that could differ, so nearness is that of tone.
    greys = linear_to_srgb(lightness(colors)[:, None] ** 3)
    tones = linear_to_srgb(lightness(picture.color)[:, :, None] ** 3)
    return nearest(tones, to_rgb(greys), options.space)
