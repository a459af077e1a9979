"""Enlarges a picture: Lanczos or B-spline in linear light, whole pixels, EPX, or a network.

EPX (Eric Johnston 1992, also known as Scale2x) doubles pixel art: a corner of a pixel takes the
colour of the two neighbours beside it where they are equal and the other two differ.
"""

import math

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import pad, resize, resized_planes
from artgan.plugins.filters import UpscaleOptions
from artgan.plugins.filters._neural import enlarge


def apply(picture: Picture, options: UpscaleOptions, context: FilterContext) -> Picture:
    """Enlarge the picture; one that is large enough already stays as it is."""
    factor = options.size / picture.shorter_side if options.size else options.factor
    if options.method == "nearest":
        factor = max(1, round(factor))
    if options.method == "epx":
        factor = 2 ** min(4, max(0, round(math.log2(max(1.0, factor)))))
    if factor <= 1:
        return picture
    height, width = round(picture.height * factor), round(picture.width * factor)
    check_size(width, height, picture.pixels.shape[2], "the enlarged picture")
    if options.method == "epx":
        large = picture
        while large.height < height:
            large = _epx(large)
        return large.replace(planes=resize(picture, height, width, "nearest").planes)
    if options.method == "neural" or options.method == "neural-photo":
        large = enlarge(picture.to("srgb"), factor, options.method)
        if (large.height, large.width) != (height, width):
            large = resize(large, height, width, "lanczos")
        return large.replace(planes=resized_planes(picture, height, width))
    return resize(picture, height, width, options.method)


def _epx(picture: Picture) -> Picture:
    """Double the picture."""
    pixels = picture.pixels
    height, width = pixels.shape[:2]
    padded = pad(pixels, 1, picture.wraps)
    up, down = padded[:-2, 1:-1], padded[2:, 1:-1]
    left, right = padded[1:-1, :-2], padded[1:-1, 2:]

    def same(one: FloatArray, other: FloatArray) -> NDArray[np.bool_]:
        equal: NDArray[np.bool_] = (one == other).all(axis=2, keepdims=True)
        return equal

    # Lines that cross the pixel from side to side stay straight.
    plain = same(left, right) | same(up, down)
    large = np.empty((height, 2, width, 2, pixels.shape[2]), np.float32)
    corners = (((0, 0), left, up), ((0, 1), up, right), ((1, 0), down, left), ((1, 1), right, down))
    for (row, column), one, other in corners:
        large[:, row, :, column] = np.where(same(one, other) & ~plain, one, pixels)
    return picture.replace(pixels=large.reshape(2 * height, 2 * width, -1))
