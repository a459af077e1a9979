"""A mat of thick card with a slanted cut, and a line around it if wanted."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import MatOptions
from artgan.plugins.filters._frame import canvas, flat_color, thickness

SIDES = (0.72, 0.55, 0.97, 1.0)
"""Light on the cut to the left, above, to the right and below; it falls from above left."""


def apply(picture: Picture, options: MatOptions, context: FilterContext) -> Picture:
    """Set the picture into a window of card; below it is wider, as framers do."""
    wide = thickness(picture, options.width)
    cut = min(thickness(picture, options.bevel), wide)
    low = round(wide * options.bottom)
    card = flat_color(options.color)
    matted = canvas(picture, (wide, wide, wide, max(low, cut)), card)
    if cut:
        pixels = matted.pixels if matted.color.shape[2] == 3 else _to_rgb(matted)
        _bevel(pixels, picture, wide, cut)
        matted = matted.replace(pixels=pixels)
    return matted.replace(indexed=None)


def _to_rgb(picture: Picture) -> FloatArray:
    parts = [picture.color] * 3 + ([] if picture.alpha is None else [picture.alpha])
    return np.concatenate(parts, axis=2)


def _bevel(pixels: FloatArray, picture: Picture, wide: int, cut: int) -> None:
    """Draw the four sides of the cut, with mitred corners, into the card."""
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
