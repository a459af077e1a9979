"""Repeats the picture exactly; copies may be staggered or mirrored."""

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
    laid = np.empty((height, width, picture.pixels.shape[2]), np.float32)
    for row in range(options.rows):
        _lay_row(
            laid[row * picture.height :][: picture.height], picture.pixels, options, row, shift
        )
    wraps_x = picture.wraps[0] or (options.flip in ("x", "both") and options.columns % 2 == 0)
    wraps_y = picture.wraps[1] or (options.flip in ("y", "both") and options.rows % 2 == 0)
    if shift and options.rows % 2:
        wraps_y = False
    return picture.replace(pixels=laid, wraps=(wraps_x, wraps_y))


def _lay_row(
    laid: FloatArray, pixels: FloatArray, options: TileOptions, row: int, shift: int
) -> None:
    """Write one row of copies into ``laid``."""
    if options.flip in ("y", "both") and row % 2:
        pixels = pixels[::-1]
    mirrored = pixels[:, ::-1] if options.flip in ("x", "both") else pixels
    width = pixels.shape[1]
    for column in range(options.columns):
        laid[:, column * width :][:, :width] = mirrored if column % 2 else pixels
    if row % 2 and shift:
        laid[:] = np.roll(laid, shift, axis=1)
