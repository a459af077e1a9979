"""Black point, white point and mid-tones, on encoded values as image editors do."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.picture import Picture
from artgan.plugins.filters import LevelsOptions


def apply(picture: Picture, options: LevelsOptions, context: FilterContext) -> Picture:
    """Stretch [black, white] to [0, 1], then bend it by gamma."""
    if options.white <= options.black:
        raise StyleError(f"white = {options.white:g} must be above black = {options.black:g}")
    if (options.black, options.white, options.gamma) == (0, 1, 1):
        return picture
    stretched = (picture.color - options.black) / (options.white - options.black)
    bent = np.clip(stretched, 0, 1) ** (1 / options.gamma)
    return picture.replace(color=bent)
