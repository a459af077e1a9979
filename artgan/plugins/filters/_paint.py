"""Light on surfaces, edges and grounds: what paints, metals and papers have in common."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import Wraps, gaussian_blur
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._sampling import neighbours

RIM = 0.04
"""Width of the rim that tells what a picture stands on, as a share of the shorter side."""


def blur(plane: FloatArray, sigma: float, wraps: Wraps = (False, False)) -> FloatArray:
    """Blur a plane (H, W)."""
    return gaussian_blur(np.ascontiguousarray(plane)[:, :, None], sigma, wraps)[:, :, 0]


def step(low: float, high: float, values: NDArray[Any]) -> FloatArray:
    """Rise smoothly from 0 at ``low`` to 1 at ``high``."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    share = share.astype(np.float32, copy=False)
    risen: FloatArray = share * share * (3 - 2 * share)
    return risen


def slopes(height: FloatArray, wraps: Wraps) -> tuple[FloatArray, FloatArray]:
    """Compute how much a plane (H, W) rises a pixel, down and across."""
    above, below = neighbours(height, 0, wraps[1])
    left, right = neighbours(height, 1, wraps[0])
    return (below - above) * np.float32(0.5), (right - left) * np.float32(0.5)


def lit(height: FloatArray, wraps: Wraps, rise: float = 1.0) -> FloatArray:
    """Light a relief (H, W) in pixels from the lower right: 1 where it is flat, 0 to 2.

    Minus the height is lit from the upper left.
    """
    down, across = slopes(height, wraps)
    slope = np.float32(rise) * (down + across)
    shade: FloatArray = 1 - slope / np.sqrt(1 + slope * slope)
    return shade


def weave(picture: Picture, size: float, rng: np.random.Generator) -> FloatArray:
    """Draw the tooth of rough paper: heights (H, W) in [-1, 1], fine and coarse."""
    return 0.6 * soft_noise(picture, size, 1.0, rng) + 0.4 * soft_noise(picture, 3 * size, 1.0, rng)


def rim_values(plane: FloatArray) -> FloatArray:
    """Return the values (N,) of a plane (H, W) along its border."""
    reach = max(1, round(RIM * min(plane.shape)))
    parts = (plane[:reach], plane[-reach:], plane[:, :reach], plane[:, -reach:])
    return np.concatenate([part.ravel() for part in parts])


def best_cut(plane: FloatArray) -> float:
    """Find the value that parts a plane in [0, 1] best into dark and light (Otsu 1979)."""
    counts, edges = np.histogram(plane, 64, (0, 1))
    share = np.cumsum(counts) / max(1, counts.sum())
    mass = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2) / max(1, counts.sum())
    apart = (mass[-1] * share - mass) ** 2 / np.maximum(share * (1 - share), 1e-9)
    best = np.flatnonzero(apart >= apart.max() - 1e-12)
    return float(edges[1 + int(best.mean())]) if share[0] < 1 else 0.5
