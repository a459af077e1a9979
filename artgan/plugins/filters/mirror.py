"""Mirror one half of the picture onto the other; pixels are copied, never resampled."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_space import MirrorOptions


def apply(picture: Picture, options: MirrorOptions, context: FilterContext) -> Picture:
    """Copy the kept half over the other, along each axis asked for."""
    pixels = picture.pixels
    wraps_x, wraps_y = picture.wraps
    if options.axis in ("x", "both"):
        pixels = pixels[:, _places(picture.width, options.keep)]
        wraps_x = True
    if options.axis in ("y", "both"):
        pixels = pixels[_places(picture.height, options.keep)]
        wraps_y = True
    return picture.replace(pixels=np.ascontiguousarray(pixels), wraps=(wraps_x, wraps_y))


def _places(length: int, keep: str) -> np.ndarray:
    places = np.arange(length)
    other = length - 1 - places
    return np.minimum(places, other) if keep == "first" else np.maximum(places, other)
