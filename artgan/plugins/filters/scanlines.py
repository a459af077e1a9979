"""Dark gaps between bright lines; the wave is averaged over each pixel, which avoids aliasing."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import ScanlinesOptions


def apply(picture: Picture, options: ScanlinesOptions, context: FilterContext) -> Picture:
    """Darken between the lines; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    return picture.replace(color=picture.color * gaps(picture.height, options)[:, None, None])


def gaps(height: int, options: ScanlinesOptions) -> FloatArray:
    """Compute the share of light that is left in each row (H,)."""
    turns = options.lines * (np.arange(height) + 0.5) / height
    # The mean of a cosine over a pixel is its value in the middle times the sinc of lines a pixel.
    wave = np.cos(2 * np.pi * turns) * np.sinc(options.lines / height)
    return (1 - options.strength * (0.5 + 0.5 * wave)).astype(np.float32)
