"""Colour transfer: the linear map between two Gaussians in OKLab that moves colours least.

Pitie and Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping".
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import oklab_to_srgb, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import MatchOptions

FLOOR = 1e-6
"""Added to variances, so that a flat picture can be mapped."""


def apply(picture: Picture, options: MatchOptions, context: FilterContext) -> Picture:
    """Give the picture the mean and covariance of the palette's colours."""
    if context.palette is None:
        raise StyleError("palettes can only be looked up inside a chain")
    if options.strength == 0:
        return picture
    wanted = srgb_to_oklab(context.palette(options.palette, picture))
    lab = srgb_to_oklab(picture.color)
    weights = None if picture.alpha is None else picture.alpha.ravel()
    mean, spread = _moments(lab.reshape(-1, 3), weights)
    target_mean, target_spread = _moments(wanted, None)
    root = _power(spread, 0.5)
    inverse = _power(spread, -0.5)
    moved = inverse @ _power(root @ target_spread @ root, 0.5) @ inverse
    mapped = (lab - mean.astype(np.float32)) @ moved.T.astype(np.float32)
    mapped += target_mean.astype(np.float32)
    mapped = lab + (mapped - lab) * np.float32(options.strength)
    return picture.replace(color=oklab_to_srgb(mapped))


def _moments(
    colors: FloatArray, weights: FloatArray | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean (3,) and covariance (3, 3) of colours (N, 3); weights (N,) may all be 0."""
    if weights is None or weights.sum() <= 0:
        weights = np.ones(len(colors), np.float32)
    share = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    mean = share @ colors
    apart = colors - mean
    return mean, (apart * share[:, None]).T @ apart + FLOOR * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (
        vectors * np.maximum(values, FLOOR * FLOOR) ** exponent
    ) @ vectors.T
    return powered
