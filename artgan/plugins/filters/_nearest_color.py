"""Finds the nearest palette colours in OKLab, alike for arrays, single pixels and compiled code.

Light may lie outside [0, 1], since error diffusion carries errors, and is not clipped: a pixel that
has to make up for too much red is darker than black. Clipped, it would look like a dark green, for
which red may be the nearest colour again.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.cells import corners, listed, possible
from artgan.plugin.color import TO_LAB, TO_LMS, srgb_to_linear
from artgan.plugin.picture import FloatArray

Indices = NDArray[np.int64]
CARRY = 0.5
"""Largest error that is carried, in linear light, so that colours outside the gamut stay stable."""
_ROOT_STEPS = 4096
"""Straight pieces of the cube root for each unit of the square root of light."""


def _root_table() -> NDArray[np.float64]:
    """Compute straight lines (2, N) in place of cube roots: each one's value at 0, and its slope.

    They are looked up by the square root, which is rounded alike everywhere, as cube roots are not;
    so arrays, single numbers, compiled code and other machines choose the same colours.
    """
    places = np.arange(int(1.25 * _ROOT_STEPS) + 1)
    roots = np.cbrt((places / _ROOT_STEPS) ** 2)
    rises = np.append(np.diff(roots), 0)
    return np.stack([roots - places * rises, rises])


_ROOTS = _root_table()


def _roots(lms: NDArray[Any]) -> NDArray[Any]:
    """Compute cube roots of an array of any shape, in its precision."""
    table = _ROOTS.astype(lms.dtype)
    size = np.sqrt(np.abs(lms))
    size *= size.dtype.type(_ROOT_STEPS)
    low = size.astype(np.intp)
    size *= table[1].take(low)
    size += table[0].take(low)
    signed: NDArray[Any] = np.copysign(size, lms, out=size)
    return signed


def _oklab(light: NDArray[Any]) -> NDArray[Any]:
    """Convert linear RGB (N, 3) in [-CARRY, 1 + CARRY] to OKLab (3, N)."""
    lms = _product(TO_LMS, light.T)
    return _product(TO_LAB, _roots(lms))


def _product(matrix: NDArray[np.float64], planes: NDArray[Any]) -> NDArray[Any]:
    # Written as sums, since a matrix product may round differently for one pixel and for many.
    weights = matrix.astype(planes.dtype)
    mixed: NDArray[Any] = weights[:, :1] * planes[0]
    mixed += weights[:, 1:2] * planes[1]
    mixed += weights[:, 2:] * planes[2]
    return mixed


class Chooser:
    """Finds the nearest colours of a palette, sRGB (K, 3), for many pixels at once."""

    def __init__(self, palette: FloatArray) -> None:
        self.light = srgb_to_linear(palette)
        self.labs = _oklab(self.light)

    def __call__(self, light: FloatArray) -> Indices:
        """Find the palette indices (N,) for linear RGB (N, 3)."""
        apart = _oklab(light)[:, None] - self.labs[:, :, None]
        apart *= apart
        away = apart[0]
        away += apart[1]
        away += apart[2]
        nearest: Indices = away.argmin(axis=0)
        return nearest


Search = tuple[Any, Any]
"""The tables of ``choose``: floats and whole numbers, as arrays for compiled code, or as lists."""
LOW, HIGH, STEPS, SCALE, FAR, CELLS = range(18, 24)
"""Places in the floats, after two matrices: bounds of carried light, cells for each unit of it,
steps for each unit of a square root, infinity, cells along each edge. Then follow value at 0 and
slope of each line in place of cube roots, and light and OKLab of each palette colour."""
ROOTS = 24
COLORS = ROOTS + 2 * _ROOTS.shape[1]


@lru_cache(maxsize=8)
def _cells(palette: bytes, side: int) -> NDArray[np.int32]:
    """List for every cell of carried light the colours that may be nearest in it, as ``listed``."""
    colors = np.frombuffer(palette, np.float32).reshape(-1, 3)
    # Cone responses and their roots grow with every channel, so a cell's corners are their bounds.
    low, high = (
        _roots(np.clip(end, -CARRY, 1 + CARRY) @ TO_LMS.T)
        for end in corners(side, -CARRY, 1 + CARRY)
    )
    labs = _oklab(srgb_to_linear(colors).astype(np.float64)).T
    return listed(possible(low, high, TO_LAB.T, labs))


def search_tables(
    palette: FloatArray, kind: type[np.floating[Any]] | None, pixels: int = 0
) -> Search:
    """Compute the tables of ``choose`` for a palette.

    Args:
        palette: sRGB (K, 3).
        kind: Precision of arrays for compiled code; None for lists.
        pixels: Number of pixels to look up; for more of them smaller cells save time.
    """
    lights = srgb_to_linear(palette).astype(kind or np.float64)
    side = 16 if pixels < 30_000 else 32 if pixels < 500_000 or len(palette) > 32 else 64
    table = _cells(np.ascontiguousarray(palette, np.float32).tobytes(), side)
    # Slightly less than the number of cells, so that the highest light falls into the last one.
    steps = (side - 1e-3) / (1 + 2 * CARRY)
    numbers = np.concatenate(
        [
            TO_LMS.ravel(),
            TO_LAB.ravel(),
            [-CARRY, 1 + CARRY, steps, _ROOT_STEPS, math.inf, side],
            _ROOTS.T.ravel(),
            np.concatenate([lights, _oklab(lights).T], axis=1).ravel(),
        ]
    ).astype(lights.dtype)
    return (numbers, table) if kind else (numbers.tolist(), table.tolist())


def root(value: Any, n: Any) -> Any:
    """Compute the cube root of one value, as ``_roots`` does."""
    size = math.sqrt(abs(value)) * n[SCALE]
    place = ROOTS + 2 * int(size)
    found = size * n[place + 1] + n[place]
    return -found if value < 0 else found


def choose(red: Any, green: Any, blue: Any, n: Any, table: Any) -> Any:
    """Find the index of the colour nearest to linear RGB in [-CARRY, 1 + CARRY].

    Only colours are compared that can be nearest somewhere in the pixel's cell of the cube. ``n``
    and ``table`` are the floats and the whole numbers of ``search_tables``.
    """
    low, steps, side = n[LOW], n[STEPS], int(n[CELLS])
    cell = int((red - low) * steps) * side + int((green - low) * steps)
    known = int(table[cell * side + int((blue - low) * steps)])
    if known >= 0:
        return known
    long = root(red * n[0] + green * n[1] + blue * n[2], n)
    middle = root(red * n[3] + green * n[4] + blue * n[5], n)
    short = root(red * n[6] + green * n[7] + blue * n[8], n)
    light = long * n[9] + middle * n[10] + short * n[11]
    first = long * n[12] + middle * n[13] + short * n[14]
    second = long * n[15] + middle * n[16] + short * n[17]
    best, least = 0, n[FAR]
    for place in range(1 - known, 1 - known + table[-known]):
        index = int(table[place])
        color = COLORS + 6 * index
        a, b, c = light - n[color + 3], first - n[color + 4], second - n[color + 5]
        away = a * a + b * b + c * c
        if away < least:
            best, least = index, away
    return best
