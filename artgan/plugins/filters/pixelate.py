"""Square cells, each the mean of its light or its commonest colour."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import PixelateOptions

LEVELS = 16
"""Steps of each channel within which colours count as one when the commonest is sought."""


def apply(picture: Picture, options: PixelateOptions, context: FilterContext) -> Picture:
    """Give cells of constant colour; ``picture`` is linear."""
    cell = max(1, round(picture.shorter_side / options.cells))
    pixels = picture.pixels
    if picture.alpha is not None:
        pixels = np.concatenate([picture.color * picture.alpha, picture.alpha], axis=2)
    if options.pick == "mode":
        means = _commonest(pixels, _bins(picture), cell)
    else:
        means = _means(pixels, cell)
    if picture.alpha is not None:
        alpha = means[:, :, -1:]
        means = np.concatenate([means[:, :, :-1] / np.maximum(alpha, 1e-6), alpha], axis=2)
    lines = np.repeat(np.clip(means, 0, 1), _lengths(picture.width, cell), axis=1)
    return picture.replace(pixels=np.repeat(lines, _lengths(picture.height, cell), axis=0))


def _lengths(length: int, cell: int) -> NDArray[np.intp]:
    """Give how many pixels each cell along an axis has; the last may have fewer."""
    starts = np.arange(0, length, cell)
    return np.diff(np.append(starts, length))


def _means(pixels: FloatArray, cell: int) -> FloatArray:
    """Give the mean of each cell."""
    height, width = pixels.shape[:2]
    tall, wide = _lengths(height, cell), _lengths(width, cell)
    sums = np.empty((len(tall), width, pixels.shape[2]), np.float32)

    def work(start: int, stop: int) -> None:
        for row in range(start, stop):
            pixels[row * cell : row * cell + tall[row]].sum(axis=0, out=sums[row])

    in_strips(work, len(tall), cell * width)
    across = np.arange(0, width, cell)
    means = np.add.reduceat(sums, across, axis=1) / (tall[:, None, None] * wide[:, None])
    result: FloatArray = means.astype(np.float32)
    return result


def _bins(picture: Picture) -> np.ndarray:
    """Give each pixel (H, W) the number of its colour's bin; clear pixels share one."""
    whole = np.minimum((linear_to_srgb(picture.color) * LEVELS).astype(np.int64), LEVELS - 1)
    bins = np.zeros(whole.shape[:2], np.int64)
    for channel in range(whole.shape[2]):
        bins = bins * LEVELS + whole[:, :, channel]
    return (
        bins if picture.alpha is None else np.where(picture.alpha[:, :, 0] < 0.5, LEVELS**3, bins)
    )


def _commonest(pixels: FloatArray, bins: np.ndarray, cell: int) -> FloatArray:
    """Give for each cell the mean of those of its pixels that share the commonest bin."""
    height, width, channels = pixels.shape
    across = -(-width // cell)
    cells = (np.arange(height) // cell)[:, None] * across + np.arange(width) // cell
    kinds = cells * (LEVELS**3 + 1) + bins
    found, back, counts = np.unique(kinds.ravel(), return_inverse=True, return_counts=True)
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
