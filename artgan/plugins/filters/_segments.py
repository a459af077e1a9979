"""Parts a picture into patches of one colour each, whose borders follow the shapes.

Achanta et al. 2012, "SLIC superpixels": k-means in OKLab and place. Each pixel only compares the
nine patches that began around it, so an iteration is nine comparisons of whole planes.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import linear_to_oklab, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import resize
from artgan.plugins.filters._pieces import piece_means

ROUNDS, SMOOTHINGS = 6, 3


def work_size(picture: Picture, side: int) -> tuple[int, int]:
    """Compute height and width of a copy whose shorter side has at most ``side`` pixels."""
    share = min(1.0, side / picture.shorter_side)
    return max(1, round(picture.height * share)), max(1, round(picture.width * share))


def at_size(plane: FloatArray, height: int, width: int) -> FloatArray:
    """Resize planes (H, W, C) in [0, 1] smoothly."""
    picture = Picture(np.ascontiguousarray(plane, np.float32), space="linear")
    resized: FloatArray = resize(picture, height, width, "smooth").pixels
    return resized


def patches(
    picture: Picture, across: float, compact: float, rng: np.random.Generator, side: int = 256
) -> NDArray[np.int64]:
    """Number the patches (h, w) of a copy of a linear picture with ``side`` pixels or less.

    Args:
        picture: Its clear parts have no colour, so figures are parted from them.
        across: Patches across the shorter side.
        compact: 0 follows colours alone, 1 is nearly a mesh of cells.
        rng: Where the patches begin.
        side: Shorter side of the copy in pixels.
    """
    height, width = work_size(picture, side)
    small = resize(picture, height, width, "smooth")
    lab = linear_to_oklab(to_rgb(small.color))
    if small.alpha is not None:
        lab = np.concatenate([lab * small.alpha, small.alpha], axis=2)
    rows, columns = (max(1, round(n * across / min(height, width))) for n in (height, width))
    cell = np.array([height / rows, width / columns], np.float32)
    grid = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), 2)
    places = ((grid + rng.uniform(0.2, 0.8, grid.shape)) * cell).reshape(-1, 2)
    places = np.minimum(places, [height - 1, width - 1]).astype(np.float32)
    spots = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), 2)
    near = _candidates(spots, cell, rows, columns)
    seen = np.concatenate([lab, spots * np.float32(0.25 * compact) / cell], axis=2)
    centers = seen[places[:, 0].astype(int), places[:, 1].astype(int)]
    owner = near[0]
    for _ in range(ROUNDS):
        owner = _nearest(seen.astype(np.float32), centers.astype(np.float32), near)
        counts = np.bincount(owner.ravel(), minlength=len(centers))[:, None]
        centers = np.where(counts > 0, piece_means(seen, owner, len(centers)), centers)
    for _ in range(SMOOTHINGS):
        owner = _without_strays(owner)
    return owner


def _candidates(
    spots: NDArray[np.int64], cell: FloatArray, rows: int, columns: int
) -> list[NDArray[np.int64]]:
    home = (spots / cell).astype(np.int64)
    return [
        np.clip(home[:, :, 0] + down, 0, rows - 1) * columns
        + np.clip(home[:, :, 1] + across, 0, columns - 1)
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    ]


def _nearest(
    seen: FloatArray, centers: FloatArray, near: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    best, least = near[0], np.full(seen.shape[:2], np.inf, np.float32)
    for number in near:
        away = seen - centers[number]
        off = np.einsum("hwc,hwc->hw", away, away)
        closer = off < least
        best, least = np.where(closer, number, best), np.where(closer, off, least)
    return best


def _without_strays(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Assign a pixel that stands nearly alone to the patch of most pixels around it."""
    wide = np.pad(owner, 1, mode="edge")
    height, width = owner.shape
    around = [
        wide[1 + down : 1 + down + height, 1 + across : 1 + across + width]
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    ]
    best, most = owner, sum((owner == other).astype(np.int8) for other in around)
    for candidate in around:
        count = sum((candidate == other).astype(np.int8) for other in around)
        more = count > most
        best, most = np.where(more, candidate, best), np.where(more, count, most)
    return best


def borders(owner: NDArray[np.int64]) -> FloatArray:
    """Mark with 1 the pixels (h, w) at which another patch begins to the right or below."""
    mark = np.zeros(owner.shape, np.float32)
    mark[:-1] += owner[:-1] != owner[1:]
    mark[:, :-1] += owner[:, :-1] != owner[:, 1:]
    mark[1:] += owner[:-1] != owner[1:]
    mark[:, 1:] += owner[:, :-1] != owner[:, 1:]
    return np.minimum(mark, 1)
