"""Mirror one half of the picture onto the other; pixels are copied, never resampled."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_space import MirrorOptions


def apply(picture: Picture, options: MirrorOptions, context: FilterContext) -> Picture:
    """Copy the kept half over the other, along each axis asked for."""
    pixels = picture.pixels
    wraps_x, wraps_y = picture.wraps
    if options.axis in ("x", "both"):
        pixels = pixels.take(_folded(picture.width, options.keep), axis=1)
        wraps_x = True
    if options.axis in ("y", "both"):
        pixels = pixels.take(_folded(picture.height, options.keep), axis=0)
        wraps_y = True
    return picture.replace(pixels=pixels, wraps=(wraps_x, wraps_y))


def _folded(length: int, keep: str) -> NDArray[np.intp]:
    """Give where each line comes from: one half stays, the other is it backwards."""
    places = np.arange(length)
    turned = places[::-1]
    folded = np.minimum(places, turned) if keep == "first" else np.maximum(places, turned)
    return folded.astype(np.intp)
