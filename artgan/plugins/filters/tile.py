"""Repeat the picture exactly, perhaps staggered or mirrored."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters import TileOptions


def apply(picture: Picture, options: TileOptions, context: FilterContext) -> Picture:
    """Lay out copies; pixels are copied, never resampled."""
    width, height = options.columns * picture.width, options.rows * picture.height
    check_size(width, height, picture.pixels.shape[2], "the tiled picture")
    shift = round(options.stagger * picture.width)
    rows = [_row(picture.pixels, options, row, shift) for row in range(options.rows)]
    wraps_x = picture.wraps[0] or (options.flip in ("x", "both") and options.columns % 2 == 0)
    wraps_y = picture.wraps[1] or (options.flip in ("y", "both") and options.rows % 2 == 0)
    if shift and options.rows % 2:
        wraps_y = False
    return picture.replace(pixels=np.concatenate(rows), wraps=(wraps_x, wraps_y))


def _row(pixels: FloatArray, options: TileOptions, row: int, shift: int) -> FloatArray:
    if options.flip in ("y", "both") and row % 2:
        pixels = pixels[::-1]
    mirrored = pixels[:, ::-1] if options.flip in ("x", "both") else pixels
    copies = [mirrored if column % 2 else pixels for column in range(options.columns)]
    line = np.concatenate(copies, axis=1)
    return np.roll(line, shift, axis=1) if row % 2 else line
