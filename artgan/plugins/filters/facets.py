"""Facets along edges: corners gather where the picture changes, a Delaunay mesh joins them.

Corners are chosen by a blue-noise threshold against the strength of edges, as dots of a dither are.
The mesh is the dual of a discrete Voronoi diagram, made by jump flooding (Rong and Tan 2006; Rong
et al. 2008): where three cells meet, three corners form a triangle.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gradient_size
from artgan.plugins.filters._declared_materials import FacetsOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._paint import blur
from artgan.plugins.filters._pieces import piece_means
from artgan.plugins.filters._segments import at_size, work_size
from artgan.plugins.filters._thresholds import thresholds
from artgan.plugins.filters._warp import premultiplied, straight
from artgan.plugins.filters.low_poly import fill_triangle

WORK = 320
"""Shorter side in pixels of the copy that corners are chosen on."""
EVEN = 0.18
"""Share of the corners that lie anywhere."""


def apply(picture: Picture, options: FacetsOptions, context: FilterContext) -> Picture:
    """Fill each triangle with the mean of its light; ``picture`` is linear."""
    height, width = work_size(picture, WORK)
    if min(height, width) < 4:
        return picture
    rim = 2 * round(min(height, width) / max(2, options.facets / 3)) + 1
    corners = _corners(picture, options, (height, width, rim), context.rng)
    meshes = _triangles(_nearest(corners, height + 2 * rim, width + 2 * rim))
    scale = np.array([picture.height / height, picture.width / width])
    placed = (corners - rim) * scale
    owner = np.zeros((picture.height, picture.width), np.int64)
    for number, (a, b, c) in enumerate(meshes):
        fill_triangle(owner, number, placed[a], placed[b], placed[c])
    means = piece_means(premultiplied(picture), owner, len(meshes))
    means[:, : picture.color.shape[2]] *= _shades(placed, meshes, options, context.rng)[:, None]
    return picture.replace(pixels=straight(picture, means.astype(np.float32)[owner]))


def _corners(
    picture: Picture, options: FacetsOptions, size: tuple[int, int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Choose corners (N, 2) on a copy (height, width) within a rim, and some on the rim.

    Those on the rim lie so far out that the triangles of the others cover the whole picture.
    """
    height, width, rim = size
    plane = tone(picture)[:, :, None]
    if picture.alpha is not None:
        plane = plane * picture.alpha
    plane = blur(at_size(plane, height, width)[:, :, 0], 1.0)
    edge = gradient_size(plane)
    # Strong edges are not drawn by more corners than they need.
    edge = np.minimum(edge, np.quantile(edge, 0.97)) ** np.float32(0.7)
    edge = blur(edge, 0.8)
    density = edge / max(float(edge.mean()), 1e-6) * (1 - EVEN) + EVEN
    wanted = options.facets**2 / 2 * (height * width) / min(height, width) ** 2
    pattern = np.roll(thresholds("blue-noise"), rng.integers(0, 64, 2), (0, 1))
    tiled = np.tile(pattern, (height // 64 + 1, width // 64 + 1))[:height, :width]
    rows, columns = np.nonzero(density * np.float32(wanted / density.size) > tiled)
    inner = np.stack([rows, columns], axis=1) + rim + 0.5 + rng.uniform(-0.3, 0.3, (len(rows), 2))
    return np.concatenate([inner, _around(height + 2 * rim, width + 2 * rim, rim / 2)])


def _around(height: int, width: int, apart: float) -> NDArray[np.float64]:
    """List places (N, 2) along the border."""
    down = np.linspace(0, height - 1e-3, max(2, round(height / apart)))
    across = np.linspace(0, width - 1e-3, max(2, round(width / apart)))
    places = [(y, x) for y in (down[0], down[-1]) for x in across]
    return np.array(places + [(y, x) for y in down[1:-1] for x in (across[0], across[-1])])


def _nearest(corners: NDArray[np.float64], height: int, width: int) -> NDArray[np.int64]:
    """Find the nearest corner (height, width) of each pixel, by jump flooding."""
    owner = np.full((height, width), -1, np.int64)
    spots = corners.astype(int)
    owner[spots[:, 0], spots[:, 1]] = np.arange(len(corners))
    y, x = np.arange(height)[:, None] + 0.5, np.arange(width)[None, :] + 0.5
    places = np.concatenate([corners, [[1e6, 1e6]]]).astype(np.float32)
    jump = 1 << (max(height, width) - 1).bit_length() - 1
    for reach in (*(jump >> i for i in range(jump.bit_length())), 2, 1):
        best = (places[owner, 0] - y) ** 2 + (places[owner, 1] - x) ** 2
        for down in (-reach, 0, reach):
            for across in (-reach, 0, reach):
                rows = np.clip(np.arange(height) + down, 0, height - 1)
                columns = np.clip(np.arange(width) + across, 0, width - 1)
                other = owner[rows][:, columns]
                away = (places[other, 0] - y) ** 2 + (places[other, 1] - x) ** 2
                closer = away < best
                owner, best = np.where(closer, other, owner), np.where(closer, away, best)
    return owner


def _triangles(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """List triangles (T, 3) of corners whose cells meet."""
    a, b = owner[:-1, :-1].ravel(), owner[:-1, 1:].ravel()
    c, d = owner[1:, :-1].ravel(), owner[1:, 1:].ravel()
    found = []
    for one, two, three in ((a, b, c), (b, d, c), (a, b, d), (a, d, c)):
        apart = (one != two) & (two != three) & (one != three)
        found.append(np.stack([one[apart], two[apart], three[apart]], axis=1))
    listed: NDArray[np.int64] = np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
    return listed


def _shades(
    placed: NDArray[np.float64],
    meshes: NDArray[np.int64],
    options: FacetsOptions,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Compute a factor (T,) for the light of each facet, as if each were folded its own way."""
    shades: NDArray[np.float64] = 1 + options.variety * rng.uniform(-1, 1, len(meshes))
    return shades
