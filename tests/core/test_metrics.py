"""Each measure against another implementation, or a case whose answer is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from artgan.evaluation.metrics import (
    frechet_distance,
    kernel_distance,
    manifolds,
    nearest,
    nearness,
    score,
)

Points = NDArray[np.float64]


def clouds(shift: float = 0.5) -> tuple[Points, Points]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(120, 6)), 0.8 * rng.normal(size=(100, 6)) + shift


def test_kid_is_the_unbiased_mmd_of_the_cubic_kernel() -> None:
    from sklearn.metrics.pairwise import polynomial_kernel

    real, fake = clouds()
    own, other = polynomial_kernel(real), polynomial_kernel(fake)
    across = polynomial_kernel(real, fake)
    n, m = len(real), len(fake)
    expected = (own.sum() - np.trace(own)) / (n * (n - 1))
    expected += (other.sum() - np.trace(other)) / (m * (m - 1)) - 2 * across.mean()
    assert kernel_distance(real, fake) == pytest.approx(expected)


def test_kid_of_one_cloud_scatters_around_0() -> None:
    rng = np.random.default_rng(1)
    values = [kernel_distance(*rng.normal(size=(2, 50, 4))) for _ in range(200)]
    assert min(values) < 0 < max(values)
    assert abs(np.mean(values)) < 3 * np.std(values) / len(values) ** 0.5


def test_fid_agrees_with_scipys_matrix_root() -> None:
    from scipy.linalg import sqrtm

    real, fake = clouds()
    first, second = np.cov(real.T), np.cov(fake.T)
    shift = real.mean(0) - fake.mean(0)
    expected = shift @ shift + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(real, fake) == pytest.approx(expected)


def test_fid_holds_where_features_outnumber_pictures() -> None:
    rng = np.random.default_rng(2)
    few = rng.normal(size=(8, 30))
    assert frechet_distance(few, few + 2) == pytest.approx(4 * 30)


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_manifold_measures_agree_with_their_authors(shift: float) -> None:
    from prdc import compute_prdc

    real, fake = clouds(shift)
    expected = compute_prdc(real, fake, nearest_k=5)
    names = ("precision", "recall", "density", "coverage")
    assert manifolds(real, fake) == pytest.approx([expected[name] for name in names])


def test_copies_are_near_and_strangers_far() -> None:
    real, fake = clouds(5.0)
    assert nearness(real, real[:50] + 1e-6) < 1e-3
    assert nearness(real, fake) > 2


def test_nearest_names_the_picture_that_was_copied() -> None:
    real, _ = clouds()
    where, away = nearest(real, real[[7, 3]])
    assert list(where) == [7, 3]
    assert away.max() < 1e-6


def test_equal_sets_score_as_perfect() -> None:
    real, _ = clouds()
    scores = score(real, real)
    assert scores.precision == scores.recall == scores.coverage == 1
    assert scores.fid == pytest.approx(0, abs=1e-6)
