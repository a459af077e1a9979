"""Mirrors one half of the picture onto the other; pixels are copied, never resampled."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.strips import STRIP_VALUES
from artgan.plugins.filters._declared_space import MirrorHalfOptions


def apply(picture: Picture, options: MirrorHalfOptions, context: FilterContext) -> Picture:
    """Copy the kept half over the other, along each of the chosen axes."""
    pixels = picture.pixels
    across, down = options.axis in ("x", "both"), options.axis in ("y", "both")
    left, right = _halves(picture.width, options.keep)
    above, below = _halves(picture.height, options.keep)
    folded = np.empty(pixels.shape, np.float32)
    kept = above if down else slice(0, picture.height)

    step = max(1, STRIP_VALUES // pixels[0].size)
    for start in range(kept.start, kept.stop, step):
        rows = slice(start, min(start + step, kept.stop))
        if not across:
            folded[rows] = pixels[rows]
            continue
        folded[rows, left] = pixels[rows, left]
        # One channel after the other: numpy reverses single numbers faster than pixels of three.
        for channel in range(pixels.shape[2]):
            folded[rows, right, channel] = pixels[rows, ::-1, channel][:, right]
    if down:
        folded[below] = folded[::-1][below]
    wraps_x, wraps_y = picture.wraps
    return picture.replace(pixels=folded, wraps=(wraps_x or across, wraps_y or down))


def _halves(length: int, keep: str) -> tuple[slice, slice]:
    """List the lines that stay, the middle one included, and those that are overwritten."""
    half = length // 2
    if keep == "first":
        return slice(0, length - half), slice(length - half, length)
    return slice(half, length), slice(0, half)
