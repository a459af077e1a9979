"""Soft noise that repeats without a seam and looks the same at any size."""

import numpy as np

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips


def soft_noise(
    picture: Picture, size: float, detail: float, rng: np.random.Generator
) -> FloatArray:
    """Draw smooth noise (H, W) in [-1, 1] that wraps.

    Random values on a coarse grid are interpolated by periodic cubic B-splines. Their number
    follows from the picture's proportions alone, so a larger picture gets the same noise.

    Args:
        picture: The noise has its size.
        size: Distance between hills as a share of the shorter side.
        detail: Strength of additional noise of a third of the size, 0 to 1.
        rng: Source of the values.
    """
    total: FloatArray = _octave(picture, size, rng)
    if detail > 0:
        total += np.float32(detail / 2) * _octave(picture, size / 3, rng)
    total /= np.float32(max(float(total.max()), -float(total.min()), 1e-6))
    return total


GRAINS = ((1.0, 1.0), (2.3, 0.8), (6.0, 0.6))
"""Sizes in grains, and strengths, of the noises that the tooth of a ground is made of."""


def tooth(picture: Picture, grain: float, rng: np.random.Generator) -> FloatArray:
    """Draw the tooth (H, W) of a stone or paper, whose peaks come in clumps, with a spread of 1."""
    peaks = np.zeros((picture.height, picture.width), np.float32)
    for size, share in GRAINS:
        part = soft_noise(picture, min(0.4, size * grain), 0.0, rng)
        peaks += np.float32(share / max(float(part.std()), 1e-6)) * part
    peaks /= np.float32(max(float(peaks.std()), 1e-6))
    return np.clip(peaks, -4, 4, out=peaks)


def _octave(picture: Picture, size: float, rng: np.random.Generator) -> FloatArray:
    step = size * picture.shorter_side
    down, across = (max(2, round(n / step)) for n in (picture.height, picture.width))
    grid = rng.uniform(-1, 1, (down, across)).astype(np.float32)
    rows, columns = _spline(picture.height, down), _spline(picture.width, across)
    # Interpolated values are mostly far below 1, so the usual hills are scaled to about 1.
    usual = np.float32(max(float(np.abs(grid).mean()), 1e-6))
    mixed, joined = rows @ grid, np.empty((picture.height, picture.width), np.float32)

    def work(start: int, stop: int) -> None:
        np.matmul(mixed[start:stop], columns.T, out=joined[start:stop])
        joined[start:stop] /= usual

    in_strips(work, picture.height, picture.width)
    return joined


def _spline(length: int, knots: int) -> FloatArray:
    """Compute weights (length, knots) of periodic cubic B-splines at the middles of pixels."""
    places = (np.arange(length) + 0.5) * knots / length
    first = np.floor(places).astype(int)
    t = places - first
    pieces = [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, 1 + 3 * t + 3 * t**2 - 3 * t**3, t**3]
    weights = np.zeros((length, knots), np.float32)
    for offset, piece in enumerate(pieces):
        weights[np.arange(length), (first + offset - 1) % knots] += piece / 6
    return weights
