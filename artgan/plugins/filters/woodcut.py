"""Woodcut: black and white shapes, and mid-tones cut into lines.

Shapes are sharpened by their own contrast (Winnemöller et al. 2012, "XDoG"). The tone then decides
how wide each line is, and bends the lines around the forms.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_drawn import WoodcutOptions
from artgan.plugins.filters._ink import lay_ink, tone, turns, wave
from artgan.plugins.filters.ink_edges import FINEST, contrast, dark

GAIN = 6.0
BEND = 1.5
"""Distance, in lines, by which a full step from black to white shifts the cuts."""


def apply(picture: Picture, options: WoodcutOptions, context: FilterContext) -> Picture:
    """Print a woodblock whose cuts follow the tone."""
    sigma = max(FINEST, options.width * picture.shorter_side / 2)
    plane = tone(picture)
    sharp = plane + GAIN * contrast(plane, sigma, picture.wraps)
    relief = gaussian_blur(
        plane[:, :, None], 2 * picture.shorter_side / options.lines, picture.wraps
    )[:, :, 0]
    cuts = 1 - wave(turns(picture, options.lines, options.angle) + BEND * relief)
    depth = np.float32(options.carve)
    cover = dark(sharp + depth * (np.float32(0.5) - cuts), options.threshold, options.sharpness)
    return lay_ink(picture, cover, options.ink, options.paper)
