"""Bloom: bright light spreads and is added, in linear light.

Three Gaussians, each twice as wide as the last, approximate the long tail of a real lens or fog.
"""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import parse_hex, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import blurred_sum
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import GlowOptions

WEIGHTS = ((0.25, 0.8), (0.5, 0.5), (1.0, 0.3))
"""(share of the radius, weight) of each Gaussian."""


def apply(picture: Picture, options: GlowOptions, context: FilterContext) -> Picture:
    """Add the spread light of bright parts; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    light, alpha = picture.color, picture.alpha
    if alpha is not None:
        light = light * alpha
    radius = options.radius * picture.shorter_side
    parts = [(radius * share, weight * options.strength) for share, weight in WEIGHTS]
    total = blurred_sum(_source(light, options), parts, picture.wraps, spent=True)
    if alpha is None:
        return picture.replace(color=_add_light(light, total))
    # Light outside a shape shows only where alpha is above 0.
    covered = np.clip(alpha + _peak(total), 0, 1)
    total += light
    color = np.where(covered > 0, total / np.maximum(covered, 1e-6), picture.color)
    return picture.replace(color=_shoulder(color), alpha=covered)


def _source(light: FloatArray, options: GlowOptions) -> FloatArray:
    """Select the light that spreads, which is above the threshold, and tint it."""
    tint = _tint(options.color)
    channels = light.shape[2] if tint is None else 3
    shed = np.empty((*light.shape[:2], channels), np.float32)

    def work(start: int, stop: int) -> None:
        strip = light[start:stop]
        bright = _bright(strip, options.threshold)
        if tint is None:
            np.multiply(strip, bright, out=shed[start:stop])
        else:
            # The tinted light has the same strongest channel as the light that it replaces.
            np.multiply(_peak(strip) * bright, tint, out=shed[start:stop])

    in_strips(work, len(light), light[0].size)
    return shed


def _bright(light: FloatArray, threshold: float) -> FloatArray:
    """Weigh pixels: 0 below the threshold (encoded brightness), 1 well above it, smooth between."""
    start = threshold**2.2
    share = _peak(light) - np.float32(start)
    share *= np.float32(1 / max(0.02, 0.5 * start))
    np.clip(share, 0, 1, out=share)
    result: FloatArray = share * share * (3 - 2 * share)
    return result


def _peak(light: FloatArray) -> FloatArray:
    """Find the value (H, W, 1) of the strongest channel."""
    peak = light[:, :, 0]
    for channel in range(1, light.shape[2]):
        peak = np.maximum(peak, light[:, :, channel])
    return peak[:, :, None]


def _add_light(light: FloatArray, added: FloatArray) -> FloatArray:
    """Add light and apply the shoulder; the result lies in the memory of ``added``."""

    def work(start: int, stop: int) -> None:
        added[start:stop] += light[start:stop]
        added[start:stop] = _shoulder(added[start:stop])

    in_strips(work, len(added), added[0].size)
    return added


def _shoulder(light: FloatArray) -> FloatArray:
    """Compress light above 0.8 towards 1, and turn what is too bright white, as film does."""
    peak = _peak(light)
    over = np.maximum(peak - np.float32(0.8), 0)
    rolled = np.minimum(peak, np.float32(0.8)) + over / (1 + over * 5)
    whiten = np.clip((peak - 1) * np.float32(0.25), 0, 0.6)
    # light + (rolled - light) * whiten, with light scaled so that its peak is the rolled one.
    result: FloatArray = light * (rolled / np.maximum(peak, 1e-6) * (1 - whiten))
    result += rolled * whiten
    return np.clip(result, 0, 1, out=result)


def _tint(color: str) -> FloatArray | None:
    """Read a colour as light (3,), scaled so that its strongest channel is 1; None for "none"."""
    if color == "none":
        return None
    try:
        light = srgb_to_linear(parse_hex(color))
    except ValueError as error:
        raise StyleError(f"color: {error}, or none for the light's own") from error
    return light / max(float(light.max()), 1e-6)
