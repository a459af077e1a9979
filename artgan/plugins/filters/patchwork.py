"""Patchwork: the picture pieced of squares and triangles of printed cotton, sewn and quilted.

Each square of a grid is one cloth, or two, parted by the diagonal that keeps more of the picture
("half-square triangles"). Cloths are the colours of a palette, each printed with a pattern of its
own. Wadding lifts the patches between the seams, and a thread runs beside every seam in stitches.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, oklab_to_linear, srgb_to_linear, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import PatchworkOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import light_on_paper
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._paint import lit, step

GAIN = 0.12
"""Share of what differs in a square that its diagonal has to explain."""
SEAM, STITCH, THREAD = 0.015, 0.11, 0.017
"""Half width of a seam, place of the thread beside it, and its half width, in squares."""
STITCHES = 5
"""Stitches along a side of a square."""
PRINT = 0.055
"""How much lighter or darker the pattern of a cloth is."""
THREADS = 12.0
"""Threads of the weave across a square, each way, at most."""


def apply(picture: Picture, options: PatchworkOptions, context: FilterContext) -> Picture:
    """Sew the picture; ``picture`` is linear."""
    height, width, side = picture.height, picture.width, picture.shorter_side
    rows, columns = (max(1, round(n * options.patches / side)) for n in (height, width))
    down = (np.arange(height, dtype=np.float32) + np.float32(0.5)) * np.float32(rows / height)
    across = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(columns / width)
    cell = np.floor(down).astype(np.intp)[:, None], np.floor(across).astype(np.intp)[None, :]
    v, u = (down - np.floor(down))[:, None], (across - np.floor(across))[None, :]
    cloth = srgb_to_oklab(palette_colors(context, options.colors, picture)[None])[0]
    cut, chosen = _pieced(linear_to_oklab(light_on_paper(picture)), rows, columns, cloth)
    cut = cut[cell]
    falls, rises = (cut == 1), (cut == 2)
    # The second patch is the one to the right of the diagonal.
    second = (falls & (u > v)) | (rises & (u + v > 1))
    kind = np.where(second, chosen[:, :, 1][cell], chosen[:, :, 0][cell])
    lab = cloth[kind]
    pattern = np.select([kind % len(PRINTS) == n for n in range(len(PRINTS))], _printed(v, u))
    lab[:, :, 0] += np.float32(PRINT * options.print) * pattern
    seam, along = _seams(v, u, falls, rises)
    lift = np.float32(0.2 * options.puff * side / options.patches)
    fall = 1 - np.clip(seam / np.float32(0.35), 0, 1)
    puffed = lift * (1 - fall * fall)
    puffed -= 0.35 * lift * np.exp(-(((seam - STITCH) / np.float32(0.03)) ** 2))
    # The lamp stands at the upper left.
    shade = lit(-puffed, picture.wraps, 1.0)
    weave = 0.5 * np.sin(2 * np.pi * THREADS * u) + 0.5 * np.sin(2 * np.pi * THREADS * v)
    fine = np.float32(min(1.0, max(0.0, side / options.patches / THREADS / 2 - 0.5)))
    light = np.clip(oklab_to_linear(lab), 0, 1)
    light *= ((0.3 + 0.7 * shade) * (1 + 0.06 * fine * weave))[:, :, None]
    light *= (1 - 0.7 * _line(seam, SEAM, options.patches / side))[:, :, None]
    sewn = _line(np.abs(seam - STITCH), THREAD, options.patches / side)
    sewn *= step(0.3, 0.2, np.abs(along * STITCHES - np.floor(along * STITCHES) - 0.5))
    sewn *= np.float32(options.thread)
    thread = srgb_to_linear(flat_color(options.color))
    light += (thread * (0.5 + 0.5 * shade)[:, :, None] - light) * sewn[:, :, None]
    return picture.replace(color=np.clip(light, 0, 1), indexed=None)


def _line(away: FloatArray, half: float, pixel: float) -> FloatArray:
    """Compute the cover (H, W) of a line of half a width, by the distance from its middle."""
    cover: FloatArray = np.clip((half + pixel / 2 - away) / pixel, 0, min(1.0, 2 * half / pixel))
    return cover


def _pieced(
    lab: FloatArray, rows: int, columns: int, cloth: FloatArray
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose how each square is cut, and its cloths.

    Returns:
        (rows, columns): 0 is whole, 1 cut from the upper left, 2 from the upper right; and the
        numbers (rows, columns, 2) of the cloths left and right of the cut.
    """
    height, width = lab.shape[:2]
    v = (np.arange(height) + 0.5) * rows / height
    u = (np.arange(width) + 0.5) * columns / width
    square = np.floor(v).astype(np.intp)[:, None] * columns + np.floor(u).astype(np.intp)[None, :]
    down, right = (v % 1)[:, None], (u % 1)[None, :]
    # Quarters: top, right, bottom, left.
    upper, further = right > down, right + down > 1
    quarter = np.where(upper, np.where(further, 1, 0), np.where(further, 2, 3))
    parts = (square * 4 + quarter).ravel()
    count = rows * columns * 4
    sizes = np.bincount(parts, minlength=count)
    sums = np.stack(
        [np.bincount(parts, lab[:, :, n].ravel(), count) for n in range(3)], axis=1
    ).reshape(rows, columns, 4, 3)
    sizes = sizes.reshape(rows, columns, 4, 1)
    total = sums.sum(axis=2) / np.maximum(sizes.sum(axis=2), 1)

    def mean(*quarters: int) -> NDArray[np.float64]:
        pixels = sizes[:, :, quarters].sum(axis=2)
        found: NDArray[np.float64] = sums[:, :, quarters].sum(axis=2) / np.maximum(pixels, 1)
        return np.where(pixels > 0, found, total)

    halves = {1: (mean(2, 3), mean(0, 1)), 2: (mean(0, 3), mean(1, 2))}
    won = [((one - other) ** 2).sum(axis=2) for one, other in halves.values()]
    cut = 1 + (won[1] > won[0]).astype(np.intp)
    left = np.where((cut == 1)[:, :, None], halves[1][0], halves[2][0])
    after = np.where((cut == 1)[:, :, None], halves[1][1], halves[2][1])
    chosen = np.stack([_nearest(side, cloth) for side in (left, after)], axis=2)
    whole = np.maximum(*won) < GAIN**2
    chosen[whole] = _nearest(total, cloth)[whole][:, None]
    cut[chosen[:, :, 0] == chosen[:, :, 1]] = 0
    return cut, chosen


def _nearest(lab: NDArray[np.float64], cloth: FloatArray) -> NDArray[np.intp]:
    away = ((lab[:, :, None] - cloth) ** 2).sum(axis=3)
    nearest: NDArray[np.intp] = away.argmin(axis=2)
    return nearest


def _seams(
    v: FloatArray, u: FloatArray, falls: NDArray[np.bool_], rises: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Compute how far (H, W) the nearest seam is, and how far along it, in squares."""
    beside, over = np.minimum(u, 1 - u), np.minimum(v, 1 - v)
    seam = np.minimum(beside, over)
    along = np.where(beside < over, v, u)
    for cut, slant, way in ((falls, u - v, u + v), (rises, u + v - 1, u - v)):
        away = np.where(cut, np.abs(slant) / np.float32(2**0.5), np.float32(1))
        along = np.where(away < seam, way / np.float32(2**0.5) + np.float32(2), along)
        seam = np.minimum(seam, away)
    return seam, along


def _dots(v: FloatArray, u: FloatArray) -> FloatArray:
    dots: FloatArray = np.cos(8 * np.pi * u) * np.cos(8 * np.pi * v)
    return dots


PRINTS: tuple[Callable[[FloatArray, FloatArray], FloatArray], ...] = (
    lambda v, u: 2 * step(0.35, 0.65, _dots(v, u)) - np.float32(0.5),
    lambda v, u: np.sign(np.sin(10 * np.pi * (u + v))),
    lambda v, u: np.sign(np.sin(6 * np.pi * u)) + np.sign(np.sin(6 * np.pi * v)),
    lambda v, u: 0 * (u + v),
    lambda v, u: 1.6 * step(0.75, 0.9, np.abs(np.cos(3 * np.pi * u) * np.cos(3 * np.pi * v))),
    lambda v, u: np.sign(np.sin(8 * np.pi * v)) + 0 * u,
)
"""Patterns of cloth, over a square: dots, slanting stripes, checks, none, flowers and stripes."""


def _printed(v: FloatArray, u: FloatArray) -> list[FloatArray]:
    return [np.asarray(pattern(v, u), np.float32) for pattern in PRINTS]
