"""Square cells, each the mean of its light."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters import PixelateOptions


def apply(picture: Picture, options: PixelateOptions, context: FilterContext) -> Picture:
    """Give cells of constant colour; ``picture`` is linear."""
    cell = max(1, round(picture.shorter_side / options.cells))
    pixels = picture.pixels
    if picture.alpha is not None:
        pixels = np.concatenate([picture.color * picture.alpha, picture.alpha], axis=2)
    for axis in (0, 1):
        pixels = _means(pixels, cell, axis)
    if picture.alpha is not None:
        alpha = pixels[:, :, -1:]
        pixels = np.concatenate([pixels[:, :, :-1] / np.maximum(alpha, 1e-6), alpha], axis=2)
    return picture.replace(pixels=np.clip(pixels, 0, 1))


def _means(pixels: FloatArray, cell: int, axis: int) -> FloatArray:
    length = pixels.shape[axis]
    starts = np.arange(0, length, cell)
    sizes = np.diff(np.append(starts, length))
    shape = [1, 1, 1]
    shape[axis] = len(starts)
    means = np.add.reduceat(pixels, starts, axis=axis) / sizes.reshape(shape).astype(np.float32)
    result: FloatArray = np.repeat(means, sizes, axis=axis)
    return result
