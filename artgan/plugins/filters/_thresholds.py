"""Threshold patterns for ordered dithering: Bayer, clustered dots, and a blue-noise table.

The table ``data/blue-noise-64.npz`` was made once by ``void_and_cluster(64, seed=1)``. It ships
with artgan because near ties of floats could be decided differently on another machine.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray

Ranks = NDArray[np.uint16]


def bayer(size: int) -> FloatArray:
    """Compute the thresholds (size, size) of Bayer 1973, in (0, 1); size is a power of two."""
    ranks = np.zeros((1, 1), np.int64)
    while len(ranks) < size:
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return ((ranks + 0.5) / ranks.size).astype(np.float32)


def clustered(size: int = 8) -> FloatArray:
    """Compute thresholds (size, size) in (0, 1) that grow round dots on a diagonal grid."""
    rows, columns = np.mgrid[:size, :size] * (2 * np.pi / size)
    # A slight shift breaks ties, so that dots grow pixel by pixel.
    spot = np.cos(rows + columns + 0.1) + np.cos(rows - columns + 0.03)
    ranks = np.empty(size * size, np.int64)
    ranks[np.argsort(-spot.ravel(), kind="stable")] = np.arange(size * size)
    return ((ranks.reshape(size, size) + 0.5) / ranks.size).astype(np.float32)


@cache
def blue_noise_ranks() -> Ranks:
    """Load the table that ships: the numbers 0 to 4095 in some order, (64, 64)."""
    path = Path(__file__).parent / "data" / "blue-noise-64.npz"
    with np.load(path, allow_pickle=False) as stored:
        ranks: Ranks = stored["ranks"]
    return ranks


def thresholds(method: str) -> FloatArray:
    """Compute the pattern (S, S) of a threshold method, in (0, 1)."""
    if method == "blue-noise":
        ranks = blue_noise_ranks()
        return ((ranks.astype(np.float32) + 0.5) / ranks.size).astype(np.float32)
    if method == "clustered":
        return clustered()
    return bayer(int(method.removeprefix("bayer-")))


def void_and_cluster(size: int, seed: int) -> Ranks:
    """Rank the cells of a torus so that the dots of every threshold are spread evenly.

    Ulichney 1993, "The void-and-cluster method for dither array generation". The seed is that of
    the first random dots.
    """
    rng = np.random.default_rng(seed)
    away = np.minimum(np.arange(size), size - np.arange(size))
    blob = np.exp(-(away[:, None] ** 2 + away[None, :] ** 2) / (2 * 1.5**2))
    dots = np.zeros(size * size, bool)
    dots[rng.permutation(size * size)[: size * size // 10]] = True
    crowd = np.zeros((size, size))

    def put(place: int, sign: int) -> None:
        nonlocal crowd
        crowd += sign * np.roll(blob, divmod(place, size), (0, 1))

    def tightest() -> int:
        return int(np.where(dots, crowd.ravel(), -np.inf).argmax())

    def emptiest() -> int:
        return int(np.where(dots, np.inf, crowd.ravel()).argmin())

    for dot in np.flatnonzero(dots):
        put(int(dot), 1)
    while True:
        crowded = tightest()
        dots[crowded] = False
        put(crowded, -1)
        void = emptiest()
        dots[void] = True
        put(void, 1)
        if void == crowded:
            break
    ranks = np.zeros(size * size, np.uint16)
    first, start, crowd_at_start = int(dots.sum()), dots.copy(), crowd.copy()
    for rank in range(first - 1, -1, -1):
        place = tightest()
        dots[place] = False
        put(place, -1)
        ranks[place] = rank
    dots, crowd = start, crowd_at_start
    for rank in range(first, size * size):
        place = emptiest()
        dots[place] = True
        put(place, 1)
        ranks[place] = rank
    return ranks.reshape(size, size)
