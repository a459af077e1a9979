"""A plain or graded background for pictures with clear pixels."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_page import BackgroundOptions
from artgan.plugins.filters._frame import flat_color


def apply(picture: Picture, options: BackgroundOptions, context: FilterContext) -> Picture:
    """Lay the picture on the background, in linear light; without alpha it stays as it is."""
    if picture.alpha is None:
        return picture
    ground = srgb_to_linear(flat_color(options.color))
    if options.to != "none":
        edge = srgb_to_linear(flat_color(options.to))
        ground = ground + (edge - ground) * _way(picture, options.shape)
    light = to_rgb(picture.to("linear").color)
    laid = light * picture.alpha + ground * (1 - picture.alpha)
    return picture.replace(pixels=linear_to_srgb(laid).astype(np.float32), indexed=None)


def _way(picture: Picture, shape: str) -> FloatArray:
    """Compute how far each pixel lies from the first colour to the second: (H, W, 1) in [0, 1]."""
    down = ((np.arange(picture.height, dtype=np.float32) + 0.5) / picture.height)[:, None]
    across = ((np.arange(picture.width, dtype=np.float32) + 0.5) / picture.width)[None, :]
    if shape == "down":
        way = np.broadcast_to(down, (picture.height, picture.width))
    else:
        way = np.minimum(1, np.hypot(down - 0.5, across - 0.5) * 2)
    smooth = (way * way * (3 - 2 * way))[:, :, None]
    return smooth.astype(np.float32)
