"""Clusters of similar pictures, which stand in for labels where there are none.

Liu et al. 2020, "Diverse Image Generation via Self-Conditioned GANs", section 3: networks that are
told the cluster of a picture learn more of them. Here the clusters are found once, before training,
from the principal components of what a trained network sees, or of the pixels.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.grounds import premultiplied_levels
from artgan.base.seeding import key

FEATURES = 1024
"""Most values a picture is shrunk to before components are looked for."""

COMPONENTS = 50

LEARNT_FROM = 20_000
"""Most pictures that components and centres are found from; the others are only assigned."""

CHUNK = 2048

ROUNDS = 25

LEAST = 4
"""Pictures below which a cluster would be memorized, so it is dissolved, unless so many clusters
were asked for that most are hardly larger."""

Points = NDArray[np.float32]


def shrunk(images: NDArray[np.uint8]) -> Points:
    """Average square blocks until at most FEATURES values are left; return (N, values)."""
    images = premultiplied_levels(images)
    _, height, width, channels = images.shape
    block = max(1, int(np.ceil(np.sqrt(height * width * channels / FEATURES))))
    rows, columns = np.arange(0, height, block), np.arange(0, width, block)
    sums = np.add.reduceat(np.add.reduceat(images, rows, 1, np.float32), columns, 2)
    sizes = np.diff(np.append(rows, height))[:, None] * np.diff(np.append(columns, width))[None]
    values: Points = (sums / sizes[..., None]).reshape(len(images), -1).astype(np.float32)
    return values


def find_clusters(
    images: NDArray[np.uint8],
    count: int,
    seed: int,
    features: Callable[[NDArray[np.uint8]], Points] = shrunk,
) -> NDArray[np.int64]:
    """Cluster pictures (N, H, W, C), uint8, by k-means on the principal components of features.

    ``features`` maps pictures to numbers (N, D); the usual ones are the pixels of small copies.

    Returns the kind of each, int64 (N,), counted from 0. There are fewer kinds than ``count`` where
    pictures are equal, or a kind would have fewer than LEAST of them, unless most have hardly more.
    """
    rng = np.random.Generator(np.random.PCG64(key(seed, "clusters")))
    chosen = np.sort(rng.permutation(len(images))[:LEARNT_FROM])
    learnt = _of_parts(features, images, chosen)
    mean, axes = learnt.mean(0), _components(learnt)
    points = (learnt - mean) @ axes
    centers = _k_means(points, count, rng)
    if len(points) >= 2 * LEAST * count:
        centers = _without_tiny(points, centers)

    def assign(part: NDArray[np.uint8]) -> NDArray[np.int64]:
        return _nearest((features(part) - mean) @ axes, centers)

    everything = np.arange(len(images))
    all_learnt = len(chosen) == len(images)
    kinds = _nearest(points, centers) if all_learnt else _of_parts(assign, images, everything)
    found: NDArray[np.int64] = np.unique(kinds, return_inverse=True)[1].astype(np.int64)
    return found


def _components(points: Points) -> Points:
    """Return the axes (D, K) along which points (N, D) vary most."""
    if len(points) > points.shape[1]:
        axes = np.linalg.eigh(np.cov(points, rowvar=False))[1]
    else:
        # The products of the points with each other are the smaller matrix.
        around = (points - points.mean(0)).astype(np.float64)
        variances, mixes = np.linalg.eigh(around @ around.T)
        able = variances > max(variances[-1], 1e-9) * 1e-9
        axes = around.T @ (mixes / np.sqrt(np.where(able, variances, np.inf)))
    chosen: Points = axes[:, -COMPONENTS:].astype(np.float32)
    return chosen


def _of_parts(
    compute: Callable[[NDArray[np.uint8]], NDArray[Any]],
    images: NDArray[np.uint8],
    indices: NDArray[np.int64],
) -> NDArray[Any]:
    """Compute something of the pictures at ``indices``, some at a time."""
    parts = (indices[start : start + CHUNK] for start in range(0, len(indices), CHUNK))
    return np.concatenate([compute(images[part]) for part in parts])


def _k_means(points: Points, count: int, rng: np.random.Generator) -> Points:
    """Find centres (K, D) of points (N, D): Lloyd from k-means++ (Arthur, Vassilvitskii 2007)."""
    centers = points[[rng.integers(len(points))]]
    away = ((points - centers[0]) ** 2).sum(1)
    while len(centers) < count:
        total = away.sum(dtype=np.float64)
        chances = away / total if total > 0 else None
        chosen = points[[rng.choice(len(points), p=chances)]]
        centers = np.concatenate([centers, chosen])
        away = np.minimum(away, ((points - chosen[0]) ** 2).sum(1))
    return _settled(points, centers)


def _settled(points: Points, centers: Points) -> Points:
    """Move centres (K, D) to the middle of what is nearest to them, again and again."""
    for _ in range(ROUNDS):
        owner = _nearest(points, centers)
        member = np.eye(len(centers), dtype=np.float32)[owner]
        sizes = member.sum(0)[:, None]
        means = member.T @ points / np.maximum(sizes, 1)
        centers = np.where(sizes > 0, means, centers)
    return centers


def _without_tiny(points: Points, centers: Points) -> Points:
    """Split the largest cluster instead of one below LEAST, again and again; drop what stays so."""
    for _ in range(len(centers)):
        owner = _nearest(points, centers)
        sizes = np.bincount(owner, minlength=len(centers))
        if sizes.min() >= LEAST:
            return centers
        able = (k for k in np.argsort(-sizes) if sizes[k] >= 2 * LEAST)
        largest = next((k for k in able if _vary(points[owner == k])), None)
        if largest is None:
            break
        centers[[largest, sizes.argmin()]] = _halves(points[owner == largest])
        centers = _settled(points, centers)
    while len(centers) > 1:
        sizes = np.bincount(_nearest(points, centers), minlength=len(centers))
        if sizes.min() >= LEAST:
            break
        centers = np.delete(centers, sizes.argmin(), axis=0)
    return centers


def _vary(points: Points) -> bool:
    return bool(np.ptp(points, axis=0).max() > 1e-3)


def _halves(points: Points) -> Points:
    """Return the centres (2, D) of the halves of points (N, D) along their longest axis."""
    around = points - points.mean(0)
    along = around @ np.linalg.eigh(around.T @ around)[1][:, -1]
    upper = along > np.median(along)
    if not upper.any():
        upper[0] = True
    return np.stack([points[upper].mean(0), points[~upper].mean(0)])


def _nearest(points: Points, centers: Points) -> NDArray[np.int64]:
    """Return the index (N,) of the nearest centre."""
    distances = (centers**2).sum(1)[None] - 2 * points @ centers.T
    nearest: NDArray[np.int64] = distances.argmin(1).astype(np.int64)
    return nearest
