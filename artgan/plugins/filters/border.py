"""A plain border around the picture."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_space import BorderOptions
from artgan.plugins.filters._frame import canvas, flat_color, thickness


def apply(picture: Picture, options: BorderOptions, context: FilterContext) -> Picture:
    """Add the border; the picture's own pixels stay as they are."""
    wide = thickness(picture, options.width)
    if wide == 0:
        return picture
    color = flat_color(options.color)
    framed = canvas(picture, (wide, wide, wide, wide), color)
    indexed = picture.indexed
    if indexed is not None:
        indexed = np.unique(np.concatenate([indexed, color[None]]), axis=0)
    return framed.replace(indexed=indexed)
