"""Finds the nearest palette colours in OKLab, alike for arrays, single pixels and compiled code.

Light may lie outside [0, 1], since error diffusion carries errors, and is not clipped: a pixel that
has to make up for too much red is darker than black. Clipped, it would look like a dark green, for
which red may be the nearest colour again.

What is nearest to the eye may add to an error that grows already. For a picture whose light the
palette can mix, the nearest colour in linear light is taken where much is carried: so errors stay
bounded, and the mean is kept (Adler et al. 2005, "Convex dynamics and applications"). Other light
would come out as the mixture that is nearest in light, which looks dull.
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
MUCH = 0.25
"""Distance from [0, 1] beyond which colours are chosen in light, if the palette can mix all."""
MIXED_CARRY = 1.0
"""As ``CARRY``, for colours chosen in light."""
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


@lru_cache(maxsize=2)
def _constants(kind: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return both matrices and the lines in place of cube roots, in a precision."""
    return TO_LMS.astype(kind), TO_LAB.astype(kind), _ROOTS.astype(kind)


def _roots(lms: NDArray[Any]) -> NDArray[Any]:
    """Compute cube roots of an array of any shape, in its precision."""
    starts, rises = _constants(lms.dtype)[2]
    size = np.abs(lms)
    np.sqrt(size, out=size)
    size *= size.dtype.type(_ROOT_STEPS)
    low = size.astype(np.intp)
    size *= rises.take(low)
    size += starts.take(low)
    signed: NDArray[Any] = np.copysign(size, lms, out=size)
    return signed


def _oklab(light: NDArray[Any]) -> NDArray[Any]:
    """Convert linear RGB (3, N) in [-CARRY, 1 + CARRY] to OKLab (3, N)."""
    to_lms, to_lab, _ = _constants(light.dtype)
    return _product(to_lab, _roots(_product(to_lms, light)))


def _product(weights: NDArray[Any], planes: NDArray[Any]) -> NDArray[Any]:
    # Written as sums, since a matrix product may round differently for one pixel and for many.
    mixed: NDArray[Any] = weights[:, :1] * planes[0]
    mixed += weights[:, 1:2] * planes[1]
    mixed += weights[:, 2:] * planes[2]
    return mixed


class Chooser:
    """Finds palette colours for many pixels at once, as ``pick`` does.

    Args:
        palette: sRGB (K, 3).
        mixed: Whether the palette can mix the light of the picture.
    """

    def __init__(self, palette: FloatArray, *, mixed: bool) -> None:
        self.light = np.ascontiguousarray(srgb_to_linear(palette).T)
        self.labs = _oklab(self.light)
        self._mixed = mixed

    def __call__(self, light: FloatArray) -> Indices:
        """Find the palette indices (N,) for linear RGB with carried errors (3, N), clipped here."""
        far = self._far(light) if self._mixed else ()
        if not len(far):
            _clip(light, CARRY)
            return _least(_oklab(light), self.labs)
        wide = light.take(far, axis=1)
        _clip(wide, MIXED_CARRY)
        _clip(light, CARRY)
        nearest = _least(_oklab(light), self.labs)
        nearest[far], light[:, far] = _least(wide, self.light), wide
        return nearest

    def _far(self, light: FloatArray) -> Indices:
        outside = light.min(axis=0) < -MUCH
        outside |= light.max(axis=0) > 1 + MUCH
        found: Indices = outside.nonzero()[0]
        return found


def _clip(light: FloatArray, most: float) -> None:
    # For short arrays twice as quick as np.clip.
    np.maximum(light, -most, out=light)
    np.minimum(light, 1 + most, out=light)


def _least(points: NDArray[Any], colors: NDArray[Any]) -> Indices:
    """Find for each point (3, M) the index of the nearest of the colours (3, K)."""
    apart = points[:, None] - colors[:, :, None]
    apart *= apart
    away = apart[0]
    away += apart[1]
    away += apart[2]
    nearest: Indices = away.argmin(axis=0)
    return nearest


Search = tuple[Any, Any]
"""The tables of ``choose``: floats and whole numbers, as arrays for compiled code, or as lists."""
LOW, HIGH, STEPS, SCALE, FAR, CELLS, NEAR_LOW, NEAR_HIGH, WIDE_LOW, WIDE_HIGH, COUNT = range(18, 29)
"""Places in the floats, after two matrices: bounds of carried light, cells for each unit of it,
steps for each unit of a square root, infinity, cells along each edge, bounds of light of which
little is carried, bounds of light chosen in light, number of palette colours. Then follow value at
0 and slope of each line in place of cube roots, and light and OKLab of each palette colour."""
ROOTS = 29
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
    labs = _oklab(srgb_to_linear(colors).astype(np.float64).T).T
    return listed(possible(low, high, TO_LAB.T, labs))


def search_tables(
    palette: FloatArray,
    kind: type[np.floating[Any]] | None,
    pixels: int = 0,
    *,
    mixed: bool = False,
) -> Search:
    """Compute the tables of ``choose`` for a palette.

    Args:
        palette: sRGB (K, 3).
        kind: Precision of arrays for compiled code; None for lists.
        pixels: Number of pixels to look up; for more of them smaller cells save time.
        mixed: Whether the palette can mix the light of the picture.
    """
    lights = srgb_to_linear(palette).astype(kind or np.float64)
    side = 16 if pixels < 30_000 else 32 if pixels < 500_000 or len(palette) > 32 else 64
    table = _cells(np.ascontiguousarray(palette, np.float32).tobytes(), side)
    much = MUCH if mixed else math.inf
    # Slightly less than the number of cells, so that the highest light falls into the last one.
    steps = (side - 1e-3) / (1 + 2 * CARRY)
    numbers = np.concatenate(
        [
            TO_LMS.ravel(),
            TO_LAB.ravel(),
            [-CARRY, 1 + CARRY, steps, _ROOT_STEPS, math.inf, side],
            [-much, 1 + much, -MIXED_CARRY, 1 + MIXED_CARRY, len(lights)],
            _ROOTS.T.ravel(),
            np.concatenate([lights, _oklab(lights.T).T], axis=1).ravel(),
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


def pick(red: Any, green: Any, blue: Any, n: Any, table: Any) -> Any:
    """Choose a palette colour for linear RGB with carried errors.

    ``n`` and ``table`` are as in ``choose``.

    Returns:
        Red, green and blue, clipped, and the colour's index.
    """
    much = min(red, green, blue) < n[NEAR_LOW] or max(red, green, blue) > n[NEAR_HIGH]
    low, high = (n[WIDE_LOW], n[WIDE_HIGH]) if much else (n[LOW], n[HIGH])
    red = low if red < low else high if red > high else red
    green = low if green < low else high if green > high else green
    blue = low if blue < low else high if blue > high else blue
    if much:
        return red, green, blue, choose_in_light(red, green, blue, n)
    return red, green, blue, choose(red, green, blue, n, table)


def choose_in_light(red: Any, green: Any, blue: Any, n: Any) -> Any:
    """Find the index of the colour nearest to linear RGB in linear light."""
    best, least = 0, n[FAR]
    for index in range(int(n[COUNT])):
        color = COLORS + 6 * index
        a, b, c = red - n[color], green - n[color + 1], blue - n[color + 2]
        away = a * a + b * b + c * c
        if away < least:
            best, least = index, away
    return best
