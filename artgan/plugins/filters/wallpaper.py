"""The 17 wallpaper groups: a piece of the picture, repeated with the symmetries of the plane.

A cell is computed in lattice coordinates, where every group is exact. Cells of square groups are
repeated as they are; those of hexagonal groups are interpolated on triangles, which treats all six
directions alike. The result holds whole cells only, so it repeats.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import fold
from artgan.plugins.filters._declared_space import WallpaperOptions
from artgan.plugins.filters._groups import HEXAGONAL, domain, images
from artgan.plugins.filters._warp import center_of, fetch, premultiplied, straight


def apply(picture: Picture, options: WallpaperOptions, context: FilterContext) -> Picture:
    """Repeat the pattern in whole periods, as many as come nearest to the picture's size."""
    side = 2 * max(1, round(options.cell * picture.shorter_side / 2))
    cell = make_cell(picture, options, side)
    period = draw_hexagonal(cell) if options.group in HEXAGONAL else cell
    down = max(1, round(picture.height / len(period)))
    across = max(1, round(picture.width / side))
    check_size(across * side, down * len(period), cell.shape[2], "the wallpaper")
    exact = options.mix == 0 and options.group not in HEXAGONAL and not picture.has_alpha
    return picture.replace(
        pixels=straight(picture, np.tile(period, (down, across, 1))),
        wraps=(True, True),
        indexed=picture.indexed if exact else None,
    )


def make_cell(picture: Picture, options: WallpaperOptions, side: int) -> FloatArray:
    """Compute a cell (side, side, C) in lattice coordinates, with alpha multiplied in."""
    group = options.group
    piece = domain(group, side)
    center_down, center_across = center_of(picture, options.center)
    pixels = premultiplied(picture)
    rows, columns = center_down + piece.down * side, center_across + piece.across * side
    if group in HEXAGONAL:
        source = fetch(pixels, rows.astype(np.float32), columns.astype(np.float32), picture.wraps)
    else:
        down = fold(np.floor(rows).astype(np.int64), picture.height, picture.wraps[1])
        across = fold(np.floor(columns).astype(np.int64), picture.width, picture.wraps[0])
        source = pixels[down, across]
    cell = source[piece.chosen]
    if options.mix > 0:
        mean = np.mean([source[image] for image in images(group, side)], axis=0)
        # All points of an orbit get the same value, so that rounding cannot break the symmetry.
        cell = cell + (mean[piece.chosen] - cell) * np.float32(options.mix)
    return np.ascontiguousarray(cell, np.float32).reshape(side, side, -1)


def draw_hexagonal(cell: FloatArray) -> FloatArray:
    """Draw the rectangular period (about 1.732 side, side, C) of a cell of 120 degrees."""
    side = len(cell)
    height = max(1, round(side * 3**0.5))
    down = (np.arange(height) * (2 * side / height))[:, None]
    across = np.arange(side)[None, :] + down / 2
    left, top = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
    right, low = across - left, np.broadcast_to(down - top, across.shape)
    flat = cell.reshape(side * side, -1)

    def at(x: int, y: int, weight: np.ndarray) -> FloatArray:
        found: FloatArray = flat[(top + y) % side * side + (left + x) % side]
        return found * weight[:, :, None].astype(np.float32)

    # The short diagonal splits each rhombus into two equal triangles.
    drawn = at(0, 0, 1 - np.maximum(right, low)) + at(1, 1, np.minimum(right, low))
    drawn += at(1, 0, np.maximum(right - low, 0))
    drawn += at(0, 1, np.maximum(low - right, 0))
    return drawn
