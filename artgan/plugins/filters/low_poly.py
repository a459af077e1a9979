"""Facets: a mesh of triangles whose corners move to edges, each in its own mean light."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur, gradient_size
from artgan.plugins.filters._declared_wild import LowPolyOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._pieces import piece_means
from artgan.plugins.filters._warp import premultiplied, straight

REACH = 0.35
"""How far a corner searches for an edge, in cells."""
TRIED = 7
"""Number of places in each direction that are tried for a corner."""


def apply(picture: Picture, options: LowPolyOptions, context: FilterContext) -> Picture:
    """Fill each triangle with the mean of its light; ``picture`` is linear."""
    corners = _corners(picture, options, context.rng)
    owner = _triangles(corners, picture.height, picture.width)
    count = 2 * (corners.shape[0] - 1) * (corners.shape[1] - 1)
    means = piece_means(premultiplied(picture), owner, count)
    shades = 1 + options.variety * context.rng.uniform(-1, 1, (count, 1))
    means[:, : picture.color.shape[2]] *= shades
    return picture.replace(pixels=straight(picture, means.astype(np.float32)[owner]))


def _corners(picture: Picture, options: LowPolyOptions, rng: np.random.Generator) -> FloatArray:
    """Place the corners of the mesh (R + 1, C + 1, 2): y and x in pixels, outer ones on the rim."""
    cell = picture.shorter_side / options.cells
    # Facets smaller than a pixel would not show.
    rows, columns = (min(n, max(1, round(n / cell))) for n in (picture.height, picture.width))
    step = np.array([picture.height / rows, picture.width / columns])
    grid = np.moveaxis(np.mgrid[: rows + 1, : columns + 1], 0, 2).astype(float)
    places = (grid + rng.uniform(-0.4, 0.4, grid.shape) * options.irregular) * step
    if options.follow > 0 and cell >= 2:
        places += (_steepest(picture, places, cell) - places) * options.follow
    for axis, length in ((0, picture.height), (1, picture.width)):
        rim = np.moveaxis(places[:, :, axis], axis, 0)
        rim[0], rim[-1] = 0, length
    corners: FloatArray = np.clip(places, 0, [picture.height, picture.width]).astype(np.float32)
    return corners


def _steepest(picture: Picture, places: np.ndarray, cell: float) -> np.ndarray:
    """Find the steepest place near each corner (R, C, 2)."""
    smooth = gaussian_blur(tone(picture)[:, :, None], cell / 12)[:, :, 0]
    steep = gradient_size(smooth)
    offsets = np.linspace(-REACH, REACH, TRIED) * cell
    best, moved = np.full(places.shape[:2], -1.0), places.copy()
    for down in offsets:
        for right in offsets:
            tried = places + np.array([down, right])
            y = np.clip(tried[:, :, 0].astype(int), 0, picture.height - 1)
            x = np.clip(tried[:, :, 1].astype(int), 0, picture.width - 1)
            # Of places that are equally steep, the nearest wins.
            found = steep[y, x] - 1e-4 * np.hypot(down, right) / cell
            better = found > best
            best = np.where(better, found, best)
            moved = np.where(better[:, :, None], tried, moved)
    return moved


def _triangles(corners: FloatArray, height: int, width: int) -> np.ndarray:
    """Find the number of each pixel's triangle (H, W)."""
    owner = np.zeros((height, width), np.int64)
    rows, columns = corners.shape[0] - 1, corners.shape[1] - 1
    number = 0
    for row in range(rows):
        for column in range(columns):
            a, b = corners[row, column], corners[row, column + 1]
            c, d = corners[row + 1, column], corners[row + 1, column + 1]
            # Diagonals alternate, so that no direction shows.
            pair = ((a, b, c), (b, d, c)) if (row + column) % 2 else ((a, b, d), (a, d, c))
            for triangle in pair:
                fill_triangle(owner, number, *triangle)
                number += 1
    return owner


def fill_triangle(
    owner: np.ndarray, number: int, a: FloatArray, b: FloatArray, c: FloatArray
) -> None:
    """Write a number into the pixels whose middles lie inside a triangle."""
    points = np.stack([a, b, c])
    top, left = np.maximum(np.floor(points.min(axis=0) - 0.5).astype(int), 0)
    bottom, right = np.ceil(points.max(axis=0) + 0.5).astype(int)
    part = owner[top:bottom, left:right]
    y = (np.arange(part.shape[0]) + (top + 0.5))[:, None]
    x = (np.arange(part.shape[1]) + (left + 0.5))[None, :]
    area = (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1])
    turn = 1.0 if area >= 0 else -1.0
    inside = np.ones(part.shape, bool)
    for start, end in ((a, b), (b, c), (c, a)):
        side = (end[1] - start[1]) * (y - start[0]) - (end[0] - start[0]) * (x - start[1])
        inside &= side * turn >= -1e-3
    part[inside] = number
