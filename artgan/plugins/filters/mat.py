"""A mat of thick card with a bevelled window."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import MatOptions
from artgan.plugins.filters._frame import canvas, flat_color, thickness

SIDES = (0.72, 0.55, 0.97, 1.0)
"""Light on the bevel to the left, above, to the right and below; it comes from the upper left."""


def apply(picture: Picture, options: MatOptions, context: FilterContext) -> Picture:
    """Set the picture into a window of card, which is wider below, as framers cut it."""
    wide = thickness(picture, options.width)
    cut = min(thickness(picture, options.bevel), wide)
    low = round(wide * options.bottom)
    card = flat_color(options.color)
    matted = canvas(picture, (wide, wide, wide, max(low, cut)), card)
    if cut:
        matted = matted.replace(color=to_rgb(matted.color))
        _bevel(matted.pixels, picture, wide, cut)
    return matted.replace(indexed=None)


def _bevel(pixels: FloatArray, picture: Picture, wide: int, cut: int) -> None:
    """Draw the four sides of the bevel, with mitred corners, into the card in place."""
    height, width = picture.height + 2 * cut, picture.width + 2 * cut
    window = pixels[wide - cut : wide - cut + height, wide - cut : wide - cut + width]
    white = srgb_to_linear(np.array([0.98, 0.97, 0.95], np.float32))
    shades = linear_to_srgb(white[None] * np.array(SIDES, np.float32)[:, None])
    left, top, right, bottom = shades
    for ring in range(cut):
        end_down, end_across = height - 1 - ring, width - 1 - ring
        window[ring : end_down + 1, ring, :3] = left
        window[ring : end_down + 1, end_across, :3] = right
        window[ring, ring : end_across + 1, :3] = top
        window[end_down, ring : end_across + 1, :3] = bottom
