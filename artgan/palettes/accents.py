"""The main colours of a picture with its accents: a red scarf in a grey photograph stays.

Weighted k-means gives the colours of large areas. An accent is a vivid colour that lies far from
all of them and covers a little of the picture; it takes the place of one of the two main colours
that are most alike.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import (
    FloatArray,
    distinct_colors,
    extract_colors,
    oklab_to_srgb,
    srgb_to_oklab,
    to_rgb,
)

FAR = 0.12
"""Distance in OKLab from which a colour is another one than those that are there."""

VIVID = 0.07
"""Chroma in OKLab from which a colour can be an accent."""

LEAST_SHARE = 0.0005
"""Share of the pixels that an accent covers at least: a square of 11 pixels in 512 x 512."""


def colors_with_accents(encoded: FloatArray, count: int) -> FloatArray:
    """Find the main colours of sRGB pixels (..., 1 or 3), and keep accents.

    Of ``count`` colours at most a third are accents. Returns sRGB (K, 3), darkest first.
    """
    colors = extract_colors(encoded, count)
    if len(colors) < count or count < 3:
        return colors
    points, shares = _bins(encoded)
    chosen = np.asarray(srgb_to_oklab(colors), np.float64)
    for _ in range(count // 3):
        accent = _accent(points, shares, chosen)
        if accent is None:
            break
        chosen = np.concatenate([_without_twin(chosen, points, shares), accent[None]])
    return distinct_colors(oklab_to_srgb(chosen.astype(np.float32)))


def _bins(encoded: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count pixels in 32 bins a channel: mean colours in OKLab (N, 3), and shares (N,)."""
    rgb = to_rgb(np.asarray(encoded, np.float32)).reshape(-1, 3)
    whole = (rgb * 255 + 0.5).astype(np.int64)
    bins = (whole[:, 0] >> 3 << 10) | (whole[:, 1] >> 3 << 5) | (whole[:, 2] >> 3)
    counts = np.bincount(bins, minlength=1 << 15)
    used = np.flatnonzero(counts)
    sums = np.stack([np.bincount(bins, whole[:, i], 1 << 15)[used] for i in range(3)], axis=1)
    means = (sums / counts[used, None] / 255).astype(np.float32)
    return np.asarray(srgb_to_oklab(means), np.float64), counts[used] / len(rgb)


def _accent(
    points: NDArray[np.float64], shares: NDArray[np.float64], chosen: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Find the strongest colour (3,) that the chosen ones lack; None if there is none."""
    away = np.sqrt(((points[:, None] - chosen[None]) ** 2).sum(2).min(1))
    chroma = np.hypot(points[:, 1], points[:, 2])
    offered = np.flatnonzero((away > FAR) & (chroma > VIVID))
    # Small vivid things count by their side, not by their area.
    strength = away[offered] * chroma[offered] * np.sqrt(shares[offered])
    for best in offered[np.argsort(-strength, kind="stable")]:
        near = offered[((points[offered] - points[best]) ** 2).sum(1) < FAR**2]
        if shares[near].sum() >= LEAST_SHARE:
            weights = shares[near] * chroma[near]
            mean: NDArray[np.float64] = (points[near] * weights[:, None]).sum(0) / weights.sum()
            return mean
    return None


def _without_twin(
    chosen: NDArray[np.float64], points: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Leave out, of the two chosen colours that are most alike, the one that covers less."""
    apart = ((chosen[:, None] - chosen[None]) ** 2).sum(2)
    np.fill_diagonal(apart, np.inf)
    pair = divmod(int(apart.argmin()), len(chosen))
    owner = ((points[:, None] - chosen[None]) ** 2).sum(2).argmin(1)
    covered = np.bincount(owner, shares, len(chosen))
    return np.delete(chosen, min(pair, key=lambda one: (covered[one], one)), axis=0)
