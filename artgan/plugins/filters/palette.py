"""Recolours with a palette; distances are computed in OKLab (Ottosson 2020)."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import lightness, linear_to_srgb, nearest, ramp, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters import PaletteOptions
from artgan.plugins.filters._inner import palette_colors


def apply(picture: Picture, options: PaletteOptions, context: FilterContext) -> Picture:
    """Recolour the picture with the palette's colours."""
    colors = palette_colors(context, options.palette, picture)
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
    # Both are reduced to greys of their lightness, so only the tone decides.
    greys = linear_to_srgb(lightness(colors)[:, None] ** 3)
    tones = linear_to_srgb(lightness(picture.color)[:, :, None] ** 3)
    return nearest(tones, to_rgb(greys), options.space)
