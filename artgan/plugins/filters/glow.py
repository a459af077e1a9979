"""Bloom: bright light spreads and is added, in linear light.

Three Gaussians a factor two apart stand in for the long tail of a real lens or fog.
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
    """Add the light that bright parts shed; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    light, alpha = picture.color, picture.alpha
    if alpha is not None:
        light = light * alpha
    radius = options.radius * picture.shorter_side
    parts = [(radius * share, weight * options.strength) for share, weight in WEIGHTS]
    total = blurred_sum(_shed(light, options), parts, picture.wraps, spent=True)
    if alpha is None:
        return picture.replace(color=_lit(light, total))
    # Light that falls outside a shape needs some coverage of its own to be seen.
    covered = np.clip(alpha + _peak(total), 0, 1)
    total += light
    color = np.where(covered > 0, total / np.maximum(covered, 1e-6), picture.color)
    return picture.replace(pixels=np.concatenate([_shoulder(color), covered], axis=2))


def _shed(light: FloatArray, options: GlowOptions) -> FloatArray:
    """Give the light that spreads, tinted: what lies above the threshold."""
    tint = _tint(options.color)
    channels = light.shape[2] if tint is None else 3
    shed = np.empty((*light.shape[:2], channels), np.float32)

    def work(start: int, stop: int) -> None:
        strip = light[start:stop]
        bright = _bright(strip, options.threshold)
        if tint is None:
            np.multiply(strip, bright, out=shed[start:stop])
        else:
            # A coloured lamp gives as much light as what it shines for.
            np.multiply(_peak(strip) * bright, tint, out=shed[start:stop])

    in_strips(work, len(light), light[0].size)
    return shed


def _bright(light: FloatArray, threshold: float) -> FloatArray:
    """Give 0 below the threshold (encoded brightness), 1 well above it, smooth between."""
    start = threshold**2.2
    share = _peak(light) - np.float32(start)
    share *= np.float32(1 / max(0.02, 0.5 * start))
    np.clip(share, 0, 1, out=share)
    result: FloatArray = share * share * (3 - 2 * share)
    return result


def _peak(light: FloatArray) -> FloatArray:
    """Give the strongest channel (H, W, 1)."""
    peak = light[:, :, 0]
    for channel in range(1, light.shape[2]):
        peak = np.maximum(peak, light[:, :, channel])
    return peak[:, :, None]


def _lit(light: FloatArray, added: FloatArray) -> FloatArray:
    """Add light to light, under the shoulder; ``added`` is used up."""

    def work(start: int, stop: int) -> None:
        added[start:stop] += light[start:stop]
        added[start:stop] = _shoulder(added[start:stop])

    in_strips(work, len(added), added[0].size)
    return added


def _shoulder(light: FloatArray) -> FloatArray:
    """Roll light above 0.8 off towards 1, and let what is too bright turn white, as film does."""
    peak = _peak(light)
    over = np.maximum(peak - np.float32(0.8), 0)
    rolled = np.minimum(peak, np.float32(0.8)) + over / (1 + over * 5)
    whiten = np.clip((peak - 1) * np.float32(0.25), 0, 0.6)
    # light + (rolled - light) * whiten, with light scaled so that its peak is the rolled one.
    result: FloatArray = light * (rolled / np.maximum(peak, 1e-6) * (1 - whiten))
    result += rolled * whiten
    return np.clip(result, 0, 1, out=result)


def _tint(color: str) -> FloatArray | None:
    """Give the light of a colour, scaled so that its strongest channel is 1, or None."""
    if color == "none":
        return None
    try:
        light = srgb_to_linear(parse_hex(color))
    except ValueError as error:
        raise StyleError(f"color: {error}, or none for the light's own") from error
    return light / max(float(light.max()), 1e-6)
