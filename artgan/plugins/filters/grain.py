"""Film grain: noise of a given size, strongest in the mid-tones."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import GrainOptions


def apply(picture: Picture, options: GrainOptions, context: FilterContext) -> Picture:
    """Add noise of mean 0, seeded by the picture's seed; it wraps where the picture does."""
    if options.strength == 0:
        return picture
    color = picture.color
    channels = color.shape[2]
    shape = (picture.height, picture.width)
    grey = context.rng.standard_normal((*shape, 1), dtype=np.float32)
    each = context.rng.standard_normal((*shape, channels), dtype=np.float32)
    each *= np.float32(options.color)
    each += grey * np.float32(1 - options.color)
    sigma = options.size * picture.shorter_side / 2
    noise = gaussian_blur(each, sigma, picture.wraps)
    scale = np.float32(options.strength / max(float(noise.std()), 1e-6))
    grained = np.empty(color.shape, np.float32)

    def work(start: int, stop: int) -> None:
        part = color[start:stop]
        tone = part.copy() if channels == 1 else part @ np.full((3, 1), 1 / 3, np.float32)
        tone *= 1 - tone
        tone *= np.float32(0.7 * 4)
        tone += np.float32(0.3)
        tone *= scale
        there = np.multiply(noise[start:stop], tone, out=grained[start:stop])
        there += part
        np.clip(there, 0, 1, out=there)

    in_strips(work, picture.height, 2 * picture.width * channels)
    return picture.replace(color=grained)
