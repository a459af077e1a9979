"""Shifts pictures, and reads the pixels beside each pixel."""

import numpy as np

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps, fold


def neighbours(plane: FloatArray, axis: int, wrap: bool) -> tuple[FloatArray, FloatArray]:
    """Read the pixel before and the one after each pixel of (H, W); an end repeats or wraps."""
    length = plane.shape[axis]
    before, after = (fold(np.arange(length) + step, length, wrap) for step in (-1, 1))
    return plane.take(before, axis), plane.take(after, axis)


def shift(array: FloatArray, down: float, right: float, wraps: Wraps) -> FloatArray:
    """Shift (H, W, C) by fractions of pixels; borders that do not wrap repeat their last pixel."""
    height, width = array.shape[:2]
    rows = np.arange(height, dtype=np.float32) - np.float32(down)
    columns = np.arange(width, dtype=np.float32) - np.float32(right)
    moved = _shift_rows(array, rows, wraps[1])
    return _shift_rows(moved.transpose(1, 0, 2), columns, wraps[0]).transpose(1, 0, 2)


def _shift_rows(array: FloatArray, rows: FloatArray, wrap: bool) -> FloatArray:
    first = np.floor(rows).astype(np.int64)
    share = (rows - first)[:, None, None].astype(np.float32)
    length = len(array)
    if wrap:
        low, high = first % length, (first + 1) % length
    else:
        low, high = np.clip(first, 0, length - 1), np.clip(first + 1, 0, length - 1)
    result: FloatArray = array[low] * (1 - share) + array[high] * share
    return result
