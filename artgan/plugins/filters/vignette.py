"""Darken towards the corners, in linear light."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters import VignetteOptions


def apply(picture: Picture, options: VignetteOptions, context: FilterContext) -> Picture:
    """Multiply light by a smooth fall-off; the centre is unchanged."""
    rows = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, picture.width, dtype=np.float32)[None, :]
    if picture.height == 1:
        rows = rows * 0
    if picture.width == 1:
        columns = columns * 0
    distance = np.sqrt((rows**2 + columns**2) / 2)
    half = max(0.02, 0.6 * options.softness)
    share = np.clip((distance - (options.radius - half)) / (2 * half), 0, 1)
    fall = share * share * (3 - 2 * share)
    return picture.replace(color=picture.color * (1 - options.strength * fall)[:, :, None])
