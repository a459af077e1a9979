"""Shifts red and blue away from green, in linear light, as a simple lens does."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import ChromaticAberrationOptions
from artgan.plugins.filters._sampling import shift


def apply(picture: Picture, options: ChromaticAberrationOptions, context: FilterContext) -> Picture:
    """Shift red one way and blue the other, by ``shift`` each."""
    if options.shift == 0:
        return picture
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = light * picture.alpha
    reach = options.shift * picture.shorter_side
    right = reach * math.cos(math.radians(options.angle))
    down = reach * math.sin(math.radians(options.angle))
    parted = np.concatenate(
        [
            shift(light[:, :, :1], down, right, picture.wraps),
            light[:, :, 1:2],
            shift(light[:, :, 2:], -down, -right, picture.wraps),
        ],
        axis=2,
    )
    if picture.alpha is None:
        return picture.replace(color=parted)
    # Fringes beside a shape are as opaque as they are bright.
    alpha = np.maximum(picture.alpha, parted.max(axis=2, keepdims=True))
    color = np.where(alpha > 0, parted / np.maximum(alpha, 1e-6), to_rgb(picture.color))
    return picture.replace(color=color, alpha=alpha)
