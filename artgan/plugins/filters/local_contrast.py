"""Local contrast: what differs from its surroundings differs more, most where little does.

Detail is weighed by the spread of lightness around it, as in the statistical differencing of Wallis
1976, so that faint forms gain much and strong edges get no bright rim. Light is scaled as a whole,
which keeps hues.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import light_lightness
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_color import LocalContrastOptions

WANTED, LEAST = 0.12, 0.03
"""Spread of lightness that is aimed at, and how much is added to the one found."""
BLACK = 0.04
"""Lightness below which light is not scaled up further."""


def apply(picture: Picture, options: LocalContrastOptions, context: FilterContext) -> Picture:
    """Strengthen detail; ``picture`` is linear."""
    if options.amount == 0:
        return picture
    plane = light_lightness(picture.color)
    seen = np.ones_like(plane) if picture.alpha is None else picture.alpha[:, :, 0]
    # Clear pixels have no say in what surrounds a cut-out.
    sums = np.stack([plane * seen, plane * plane * seen, seen], axis=2)
    around = gaussian_blur(sums, options.radius * picture.shorter_side, picture.wraps)
    weight = np.maximum(around[:, :, 2], np.float32(1e-4))
    mean, square = around[:, :, 0] / weight, around[:, :, 1] / weight
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    gain = np.float32(options.amount * WANTED) / (spread + np.float32(LEAST))
    wanted = np.clip(plane + gain * (plane - mean), 0, 1)
    scale = wanted / np.maximum(plane, np.float32(BLACK))
    light = picture.color * (scale * scale * scale)[:, :, None]
    return picture.replace(color=np.clip(light, 0, 1))
