"""Bloom: bright light spreads and is added, in linear light.

Three Gaussians a factor two apart stand in for the long tail of a real lens or fog.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters import GlowOptions

WEIGHTS = ((0.25, 0.8), (0.5, 0.5), (1.0, 0.3))
"""(share of the radius, weight) of each Gaussian."""


def apply(picture: Picture, options: GlowOptions, context: FilterContext) -> Picture:
    """Add the light that bright parts shed; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    light = picture.color
    if picture.alpha is not None:
        light = light * picture.alpha
    shed = light * _bright(light, options.threshold)
    radius = options.radius * picture.shorter_side
    total = light.copy()
    for share, weight in WEIGHTS:
        total += gaussian_blur(shed, radius * share, picture.wraps) * np.float32(
            weight * options.strength
        )
    if picture.alpha is None:
        return picture.replace(color=_shoulder(total))
    # Light that falls outside a shape needs some coverage of its own to be seen.
    gained = (total - light).max(axis=2, keepdims=True)
    alpha = np.clip(picture.alpha + gained, 0, 1)
    color = np.where(alpha > 0, total / np.maximum(alpha, 1e-6), picture.color)
    return picture.replace(pixels=np.concatenate([_shoulder(color), alpha], axis=2))


def _bright(light: FloatArray, threshold: float) -> FloatArray:
    """Give 0 below the threshold (encoded brightness), 1 well above it, smooth between."""
    peak = light.max(axis=2, keepdims=True)
    start = threshold**2.2
    share = np.clip((peak - start) / max(0.02, 0.5 * start), 0, 1)
    result: FloatArray = share * share * (3 - 2 * share)
    return result


def _shoulder(light: FloatArray) -> FloatArray:
    """Roll light above 0.8 off towards 1, and let what is too bright turn white, as film does."""
    peak = light.max(axis=2, keepdims=True)
    over = np.maximum(peak - np.float32(0.8), 0)
    rolled = np.minimum(peak, np.float32(0.8)) + over / (1 + over * 5)
    scaled = light * (rolled / np.maximum(peak, 1e-6))
    whiten = np.clip((peak - 1) * np.float32(0.25), 0, 0.6)
    result: FloatArray = scaled + (rolled - scaled) * whiten
    return result
