"""Reading pixels at places between pixels."""

import numpy as np

from artgan.plugin.picture import FloatArray

Wraps = tuple[bool, bool]


def sample(array: FloatArray, rows: FloatArray, columns: FloatArray, wraps: Wraps) -> FloatArray:
    """Read (H, W, C) at fractional rows and columns, bilinearly.

    Args:
        array: (H, W, C).
        rows: Any shape, in pixels; 0 is the middle of the first.
        columns: The same shape.
        wraps: Whether (x, y) wrap around; else the border pixels go on.
    """
    top, left = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    height, width = array.shape[:2]

    def at(row: np.ndarray, column: np.ndarray) -> FloatArray:
        row = row % height if wraps[1] else np.clip(row, 0, height - 1)
        column = column % width if wraps[0] else np.clip(column, 0, width - 1)
        taken: FloatArray = array[row, column]
        return taken

    upper = at(top, left) * (1 - right) + at(top, left + 1) * right
    lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right
    result: FloatArray = (upper * (1 - down) + lower * down).astype(np.float32)
    return result


def shift(array: FloatArray, down: float, right: float, wraps: Wraps) -> FloatArray:
    """Move (H, W, C) by fractions of pixels; the border goes on unless it wraps."""
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
