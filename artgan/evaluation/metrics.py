"""Distances between two sets of features: KID, FID, precision, recall, density, coverage, nearness.

All take features (N, D) of real pictures and (M, D) of samples, from any extractor, and compute in
float64.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]

NEIGHBOURS = 5


@dataclass(frozen=True)
class Scores:
    """All metrics of two sets of features.

    Attributes:
        kid: Kernel inception distance, 0 for equal distributions; unbiased, so it may be below 0.
        fid: Frechet inception distance; too high for fewer than some thousands of pictures.
        precision: Share of samples inside the manifold of real pictures, 0 to 1.
        recall: Share of real pictures inside the manifold of samples, 0 to 1.
        density: Real neighbourhoods that hold a sample, on average, divided by k; about 1 for equal
            sets.
        coverage: Share of real pictures with a sample in their neighbourhood, 0 to 1.
        nearness: Median distance from a sample to its nearest real picture, divided by that from
            a real picture to its nearest other; well below 1 means copies (memorization).
    """

    kid: float
    fid: float
    precision: float
    recall: float
    density: float
    coverage: float
    nearness: float


@dataclass(frozen=True)
class Evaluation:
    """The scores of one checkpoint, comparable with those by the same extractor alone.

    ``scores`` are of samples against real pictures, ``halves`` of one half of the real pictures
    against the other: what perfect samples would get. ``more`` are metrics by name. ``sampling``
    says how samples were steered, as their file names do: "" for plain ones.
    """

    step: int
    extractor: str
    real_count: int
    fake_count: int
    scores: Scores
    halves: Scores
    more: dict[str, float] = field(default_factory=dict)
    sampling: str = ""


def score(real: Features, fake: Features) -> Scores:
    """Compare samples with real pictures by their features, (M, D) and (N, D), each at least 2."""
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    precision, recall, density, coverage = manifolds(real, fake)
    return Scores(
        kid=kernel_distance(real, fake),
        fid=frechet_distance(real, fake),
        precision=precision,
        recall=recall,
        density=density,
        coverage=coverage,
        nearness=nearness(real, fake),
    )


def kernel_distance(real: Features, fake: Features) -> float:
    """Compute KID: the unbiased squared MMD with the kernel (x y / D + 1)^3.

    Binkowski et al. 2018, "Demystifying MMD GANs", section 3.
    """

    def kernel(left: Features, right: Features) -> Features:
        values: Features = (left @ right.T / left.shape[1] + 1) ** 3
        return values

    def within(points: Features) -> float:
        values, count = kernel(points, points), len(points)
        return float((values.sum() - np.trace(values)) / (count * (count - 1)))

    return within(real) + within(fake) - 2 * float(kernel(real, fake).mean())


def frechet_distance(real: Features, fake: Features) -> float:
    """Compute FID: the squared Frechet distance of Gaussians fitted to both sets.

    Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
    Equilibrium", equation 6.
    """
    shift = real.mean(0) - fake.mean(0)
    first, second = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    # The trace of the root of first @ second, through a symmetric matrix with the same eigenvalues.
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()
    return float(shift @ shift + np.trace(first) + np.trace(second) - 2 * cross)


def distances(left: Features, right: Features) -> Features:
    """Compute the Euclidean distances (N, M) between all points (N, D) and (M, D)."""
    squares = (left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * left @ right.T
    result: Features = np.sqrt(np.clip(squares, 0, None))
    return result


def manifolds(
    real: Features, fake: Features, neighbours: int = NEIGHBOURS
) -> tuple[float, float, float, float]:
    """Compute precision, recall, density and coverage.

    The manifold of a set is the union of balls around its points, each with the distance to the
    k-th nearest neighbour in the same set as its radius. Precision and recall: Kynkaanniemi et al.
    2019, "Improved Precision and Recall Metric for Assessing Generative Models", section 3. Density
    and coverage: Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative
    Models", section 3.
    """
    k = min(neighbours, len(real) - 1, len(fake) - 1)
    across = distances(real, fake)
    around_real = np.sort(distances(real, real), axis=1)[:, k]
    around_fake = np.sort(distances(fake, fake), axis=1)[:, k]
    inside = across < around_real[:, None]
    return (
        float(inside.any(0).mean()),
        float((across < around_fake[None]).any(1).mean()),
        float(inside.sum(0).mean() / k),
        float((across.min(1) < around_real).mean()),
    )


def nearness(real: Features, fake: Features) -> float:
    """Compute the median distance from samples to real pictures, relative to that among the latter.

    1 if the real pictures are all alike.
    """
    among = distances(real, real)
    np.fill_diagonal(among, np.inf)
    apart = float(np.median(among.min(1)))
    found = float(np.median(distances(fake, real).min(1)))
    return found / apart if apart > 0 else 1.0


def nearest(real: Features, fake: Features) -> tuple[NDArray[np.int64], Features]:
    """Find the real picture nearest to each sample: its index (M,) and its distance (M,)."""
    across = distances(fake, real)
    return across.argmin(1), across.min(1)
