"""Lines of equal lightness on tinted steps, like the heights on a map.

The distance to a line in pixels is the difference in tone, divided by the slope of the tone.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_srgb, ramp
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur, gradient_size
from artgan.plugins.filters._declared_wild import ContoursOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._inner import palette_colors

FLAT = 0.02
"""Change of tone across the whole picture below which an area counts as flat and gets no line."""


def apply(picture: Picture, options: ContoursOptions, context: FilterContext) -> Picture:
    """Draw the steps of lightness and the lines between them."""
    side = picture.shorter_side
    height = heights(picture, options)
    slope = gradient_size(height, picture.wraps)
    line = np.rint(height)
    away = np.abs(height - line) / np.maximum(slope, 1e-6)
    drawn = np.clip(np.float32(options.width * side / 2) - away + np.float32(0.5), 0, 1)
    drawn *= np.clip(slope * np.float32(side / (FLAT * options.levels)), 0, 1)
    # The lowest and the highest level have no line, since nothing lies beyond them.
    drawn *= (line > 0) & (line < options.levels)
    step = np.minimum(np.floor(height), options.levels - 1) / max(1, options.levels - 1)
    ground = ramp(palette_colors(context, options.colors, picture), step.astype(np.float32))
    ink = linear_to_srgb(ink_light(options.ink))
    return picture.replace(color=ground + (ink - ground) * drawn[:, :, None])


def heights(picture: Picture, options: ContoursOptions) -> FloatArray:
    """Compute the smoothed lightness (H, W) in levels, from 0 to ``options.levels``."""
    sigma = options.smooth * picture.shorter_side
    smooth = gaussian_blur(tone(picture)[:, :, None], sigma, picture.wraps)[:, :, 0]
    height: FloatArray = np.clip(smooth, 0, 1) * np.float32(options.levels)
    return height
