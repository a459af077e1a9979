"""Darkens a picture towards its corners, in linear light."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import VignetteOptions


def apply(picture: Picture, options: VignetteOptions, context: FilterContext) -> Picture:
    """Multiply light by a smooth fall-off, which leaves the middle unchanged."""
    rows = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, picture.width, dtype=np.float32)[None, :]
    if picture.height == 1:
        rows = rows * 0
    if picture.width == 1:
        columns = columns * 0
    half = max(0.02, 0.6 * options.softness)
    color = picture.color
    darkened = np.empty(color.shape, np.float32)

    def work(start: int, stop: int) -> None:
        distance = np.sqrt((rows[start:stop] ** 2 + columns**2) / 2)
        share = np.clip((distance - (options.radius - half)) / (2 * half), 0, 1)
        fall = share * share * (3 - 2 * share)
        kept = (1 - options.strength * fall).astype(np.float32)
        np.multiply(color[start:stop], kept[:, :, None], out=darkened[start:stop])

    in_strips(work, len(color), color[0].size)
    return picture.replace(color=darkened)
