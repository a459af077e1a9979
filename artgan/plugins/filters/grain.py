"""Film grain: noise of a given size, strongest in the mid-tones."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters import GrainOptions


def apply(picture: Picture, options: GrainOptions, context: FilterContext) -> Picture:
    """Add zero-mean noise keyed on the picture's seed; it wraps where the picture does."""
    if options.strength == 0:
        return picture
    color = picture.color
    channels = color.shape[2]
    shape = (picture.height, picture.width)
    grey = context.rng.standard_normal((*shape, 1), dtype=np.float32)
    each = context.rng.standard_normal((*shape, channels), dtype=np.float32)
    noise = grey * np.float32(1 - options.color) + each * np.float32(options.color)
    sigma = options.size * picture.shorter_side / 2
    noise = gaussian_blur(noise, sigma, picture.wraps)
    noise = noise / max(float(noise.std()), 1e-6)
    tone = color.mean(axis=2, keepdims=True)
    shape_of_tone = 0.3 + 0.7 * 4 * tone * (1 - tone)
    grained = color + noise * shape_of_tone * np.float32(options.strength)
    return picture.replace(color=np.clip(grained, 0, 1))
