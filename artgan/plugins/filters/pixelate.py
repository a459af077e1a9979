"""Square cells, each in the mean of its light or in its commonest colour."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import STRIP_VALUES, in_strips
from artgan.plugins.filters import PixelateOptions
from artgan.plugins.filters._warp import premultiplied

LEVELS = 16
"""Steps of each channel; colours in the same step count as equal when the commonest is found."""


def apply(picture: Picture, options: PixelateOptions, context: FilterContext) -> Picture:
    """Fill each cell with one colour, in linear light."""
    cell = max(1, round(picture.shorter_side / options.cells))
    if options.pick == "mode":
        light = picture.to("linear")
        means = _commonest(premultiplied(light), _bins(light), cell)
    else:
        means = _means(picture, cell)
    if picture.alpha is not None:
        alpha = means[:, :, -1:]
        means = np.concatenate([means[:, :, :-1] / np.maximum(alpha, 1e-6), alpha], axis=2)
    lines = np.repeat(np.clip(means, 0, 1), _lengths(picture.width, cell), axis=1)
    pixels = np.repeat(lines, _lengths(picture.height, cell), axis=0)
    return picture.replace(pixels=pixels, space="linear")


def _lengths(length: int, cell: int) -> NDArray[np.intp]:
    """Compute how many pixels each cell along an axis has; the last may have fewer."""
    starts = np.arange(0, length, cell)
    return np.diff(np.append(starts, length))


def _means(picture: Picture, cell: int) -> FloatArray:
    """Compute the mean light (rows, columns, C) of each cell, with alpha multiplied in."""
    height, width, channels = picture.pixels.shape
    tall, wide = _lengths(height, cell), _lengths(width, cell)
    sums = np.empty((len(tall), width, channels), np.float32)
    # Only the part that is being added up is converted to light.
    together = max(1, STRIP_VALUES // (cell * channels))

    def work(start: int, stop: int) -> None:
        for row in range(start, stop):
            for left in range(0, width, together):
                part = picture.pixels[row * cell :, left : left + together][: tall[row]]
                light = premultiplied(picture.replace(pixels=part).to("linear"))
                light.sum(axis=0, out=sums[row, left : left + together])

    in_strips(work, len(tall), cell * width)
    across = np.arange(0, width, cell)
    means = np.add.reduceat(sums, across, axis=1) / (tall[:, None, None] * wide[:, None])
    result: FloatArray = means.astype(np.float32)
    return result


def _bins(picture: Picture) -> np.ndarray:
    """Number the bin of each pixel's colour (H, W); clear pixels share one."""
    whole = np.minimum((linear_to_srgb(picture.color) * LEVELS).astype(np.int64), LEVELS - 1)
    bins = np.zeros(whole.shape[:2], np.int64)
    for channel in range(whole.shape[2]):
        bins = bins * LEVELS + whole[:, :, channel]
    return (
        bins if picture.alpha is None else np.where(picture.alpha[:, :, 0] < 0.5, LEVELS**3, bins)
    )


def _commonest(pixels: FloatArray, bins: np.ndarray, cell: int) -> FloatArray:
    """Compute for each cell the mean of its pixels in the commonest bin."""
    height, width, channels = pixels.shape
    across = -(-width // cell)
    cells = (np.arange(height) // cell)[:, None] * across + np.arange(width) // cell
    numbers = cells * (LEVELS**3 + 1) + bins
    found, back, counts = np.unique(numbers.ravel(), return_inverse=True, return_counts=True)
    owner = found // (LEVELS**3 + 1)
    # Sorted by cell, then count: the last of each cell has most; ties go to the lighter bin.
    order = np.lexsort((counts, owner))
    best = order[np.append(np.flatnonzero(np.diff(owner[order])), len(order) - 1)]
    means = [
        np.bincount(back, pixels[:, :, i].ravel(), len(found))[best] / counts[best]
        for i in range(channels)
    ]
    table = np.stack(means, axis=1).astype(np.float32)
    return table.reshape(-1, across, channels)
