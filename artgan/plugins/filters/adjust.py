"""Exposure in light, contrast, saturation and hue in OKLab, gamma on encoded values."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, linear_to_srgb, oklab_to_linear, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import AdjustOptions


def apply(picture: Picture, options: AdjustOptions, context: FilterContext) -> Picture:
    """Change tone and colour; ``picture`` is linear. Options at their defaults change nothing."""
    if options == AdjustOptions():
        return picture
    light = np.clip(picture.color * np.float32(2**options.exposure), 0, 1)
    if (options.contrast, options.saturation, options.hue) != (0, 0, 0):
        light = np.clip(_in_oklab(light, options), 0, 1)
    if options.gamma != 1:
        light = srgb_to_linear(linear_to_srgb(light) ** np.float32(1 / options.gamma))
    return picture.replace(color=light)


def _in_oklab(light: FloatArray, options: AdjustOptions) -> FloatArray:
    slope = math.tan((min(options.contrast, 0.99) + 1) * math.pi / 4)
    if light.shape[2] == 1:
        tone = np.clip((np.cbrt(light) - 0.5) * np.float32(slope) + 0.5, 0, 1)
        grey: FloatArray = (tone * tone * tone).astype(np.float32)
        return grey
    lab = linear_to_oklab(light)
    turn, scale = math.radians(options.hue), 1 + options.saturation
    cosine, sine = np.float32(scale * math.cos(turn)), np.float32(scale * math.sin(turn))
    first, second = lab[:, :, 1].copy(), lab[:, :, 2].copy()
    lab[:, :, 0] = np.clip((lab[:, :, 0] - 0.5) * np.float32(slope) + 0.5, 0, 1)
    lab[:, :, 1] = first * cosine - second * sine
    lab[:, :, 2] = first * sine + second * cosine
    return oklab_to_linear(lab)
