"""Sets black point, white point and mid-tones on encoded values, as image editors do."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.picture import Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import LevelsOptions


def apply(picture: Picture, options: LevelsOptions, context: FilterContext) -> Picture:
    """Stretch [black, white] to [0, 1], then apply gamma.

    Raises:
        StyleError: ``white`` is not above ``black``.
    """
    if options.white <= options.black:
        raise StyleError(
            f"white = {options.white:g} must be above black = {options.black:g}; to turn light to "
            "dark, use invert"
        )
    if (options.black, options.white, options.gamma) == (0, 1, 1):
        return picture
    color = picture.color
    bent = np.empty(color.shape, np.float32)
    scale = np.float32(1 / (options.white - options.black))
    power = np.float32(1 / options.gamma)

    def work(start: int, stop: int) -> None:
        part = bent[start:stop]
        if (options.black, options.white) == (0, 1):
            np.power(color[start:stop], power, out=part)
            return
        np.subtract(color[start:stop], np.float32(options.black), out=part)
        part *= scale
        np.clip(part, 0, 1, out=part)
        if options.gamma != 1:
            np.power(part, power, out=part)

    in_strips(work, len(color), color[0].size)
    return picture.replace(color=bent)
