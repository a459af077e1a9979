"""Places dots by tone: weighted Voronoi stippling (Secord 2002) on a grid.

Voronoi regions are found by jump flooding (Rong and Tan 2006), which takes a few steps on whole
arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import Wraps, resize
from artgan.plugins.filters._thresholds import thresholds

CELLS = 36
"""Cells of the grid for each dot."""
ROUNDS = 10
FULLNESS = (0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
GROWTH = (1.0, 1.014, 1.028, 1.05, 1.072, 1.17)
"""Factors by which radii grow at these covers, since dots begin to overlap; measured."""


@dataclass(frozen=True)
class Dots:
    """Round dots.

    Attributes:
        down: Middles (N,) in pixels from the upper edge.
        across: The same from the left edge.
        radius: (N,) in pixels.
    """

    down: FloatArray
    across: FloatArray
    radius: FloatArray


def place_dots(
    cover: FloatArray, count: int, wraps: Wraps, rng: np.random.Generator, *, steady: bool = False
) -> Dots:
    """Place about ``count`` dots that together print a cover.

    Args:
        cover: Wanted ink (H, W), in [0, 1].
        count: Dots on a picture that is half covered; a lighter one gets fewer.
        wraps: Whether the picture wraps (across, down).
        rng: Source of the first places.
        steady: Whether first places depend on the cover at each place alone, so that dots stay
            where a film does. Dots lie a little less evenly.
    """
    height, width = cover.shape
    cells = min(CELLS * count, 16 * cover.size)
    scale = (cells / cover.size) ** 0.5
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    grid = Picture(cover[:, :, None], space="linear", wraps=wraps)
    mass = resize(grid, rows, columns, "smooth").pixels[:, :, 0].astype(np.float64)
    mass = np.where(mass < 0.01, 0, mass)
    wanted = round(min(2 * count, cells / 4) * float(mass.mean()))
    if wanted == 0 or mass.sum() < 1e-9:
        empty = np.empty(0, np.float32)
        return Dots(empty, empty, empty)
    if steady:
        down, across = _steady_start(mass, min(2 * count / cells, 0.25))
        wanted = len(down)
    else:
        down, across = _start(mass, wanted, rng)
    if not wanted:
        return Dots(*[np.empty(0, np.float32)] * 3)
    owner: NDArray[np.int64] | None = None
    for _ in range(ROUNDS):
        owner = _regions(down, across, mass.shape, wraps, owner)
        down, across, total, area = _centroids(owner, mass, down, across, wraps)
    fullness = total / np.maximum(area, 1)
    larger = np.interp(fullness, FULLNESS, GROWTH)
    radius = np.sqrt(total / np.pi) * larger
    used = total > 0
    return Dots(
        ((down + 0.5) * height / rows).astype(np.float32)[used],
        ((across + 0.5) * width / columns).astype(np.float32)[used],
        (radius * (height * width / (rows * columns)) ** 0.5).astype(np.float32)[used],
    )


def _start(mass: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw first places by mass, evenly along a path through bands of rows: (down, across)."""
    rows, columns = mass.shape
    band = max(1, round((mass.size / count) ** 0.5))
    lines = -(-rows // band)
    numbers = np.full((lines * band, columns), -1)
    numbers[:rows] = np.arange(mass.size).reshape(rows, columns)
    path = numbers.reshape(lines, band, columns).transpose(0, 2, 1).ravel()
    path = path[path >= 0]
    sums = np.cumsum(mass.ravel()[path])
    draws = (np.arange(count) + rng.random(count)) / count * sums[-1]
    places = path[np.minimum(np.searchsorted(sums, draws), len(path) - 1)]
    down, across = np.divmod(places, columns)
    jitter = rng.uniform(-0.4, 0.4, (2, count))
    return down + jitter[0], across + jitter[1]


def _steady_start(mass: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Put dots on that share of full cells whose thresholds in a blue-noise table are lowest."""
    table = thresholds("blue-noise")
    rows, columns = mass.shape
    tiled = np.tile(table, (-(-rows // len(table)), -(-columns // len(table))))[:rows, :columns]
    down, across = np.nonzero(mass * share > tiled)
    return down.astype(float), across.astype(float)


def _regions(
    down: np.ndarray,
    across: np.ndarray,
    shape: tuple[int, int],
    wraps: Wraps,
    before: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    """Find the nearest dot of each cell (rows, columns), starting from the regions ``before``."""
    rows, columns = shape
    owner = np.full(shape, -1, np.int64) if before is None else before.copy()
    at = (
        np.clip(np.round(down), 0, rows - 1).astype(int),
        np.clip(np.round(across), 0, columns - 1).astype(int),
    )
    owner[at] = np.arange(len(down))
    y, x = np.arange(rows)[:, None], np.arange(columns)[None, :]

    def away(numbers: NDArray[np.int64]) -> np.ndarray:
        apart_y, apart_x = np.abs(down[numbers] - y), np.abs(across[numbers] - x)
        if wraps[1]:
            apart_y = np.minimum(apart_y, rows - apart_y)
        if wraps[0]:
            apart_x = np.minimum(apart_x, columns - apart_x)
        return np.where(numbers < 0, np.inf, apart_y**2 + apart_x**2)

    least = away(owner)
    jump = 2 if before is not None else 1 << max(0, max(shape) - 1).bit_length() >> 1
    jumps = []
    while jump >= 1:
        jumps.append(jump)
        jump //= 2
    for step in [*jumps, 1]:
        for move in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)):
            # np.roll wraps always; where the picture does not, those dots are too far away to win.
            other = np.roll(owner, (move[0] * step, move[1] * step), (0, 1))
            distance = away(other)
            nearer = distance < least
            owner, least = np.where(nearer, other, owner), np.minimum(distance, least)
    return owner


def _centroids(
    owner: NDArray[np.int64],
    mass: np.ndarray,
    down: np.ndarray,
    across: np.ndarray,
    wraps: Wraps,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compute new places, masses and areas of the dots (N,); those without mass stay in place."""
    rows, columns = mass.shape
    flat, count = owner.ravel(), len(down)
    weight = mass.ravel()
    y, x = np.divmod(np.arange(mass.size), columns)
    apart_y, apart_x = y - down[flat], x - across[flat]
    if wraps[1]:
        apart_y = apart_y - rows * np.round(apart_y / rows)
    if wraps[0]:
        apart_x = apart_x - columns * np.round(apart_x / columns)
    total = np.bincount(flat, weight, count)
    safe = np.maximum(total, 1e-12)
    down = down + np.bincount(flat, weight * apart_y, count) / safe
    across = across + np.bincount(flat, weight * apart_x, count) / safe
    if wraps[1]:
        down = (down + 0.5) % rows - 0.5
    if wraps[0]:
        across = (across + 0.5) % columns - 0.5
    return down, across, total, np.bincount(flat, minlength=count).astype(float)
