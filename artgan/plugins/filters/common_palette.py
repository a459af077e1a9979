"""Draws all pictures of a set with the same few colours.

From each picture the same number of pixels counts, so that a large one has no more to say than a
small one.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import extract_colors, nearest, to_hex, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters import dither
from artgan.plugins.filters._declared_color import DitherOptions
from artgan.plugins.filters._declared_set import CommonPaletteOptions
from artgan.plugins.filters._inner import palette_colors

MOST_PIXELS, MOST_OF_ONE = 1 << 20, 1 << 14
"""Pixels that are looked at: of all pictures, and of one."""


def survey(
    pictures: Iterable[Picture], options: CommonPaletteOptions, context: FilterContext
) -> CommonPaletteOptions:
    """Take the main colours of all pictures."""
    if options.colors:
        return options
    share = max(64, min(MOST_OF_ONE, MOST_PIXELS // max(1, context.total)))
    pixels = np.concatenate([_some_pixels(picture, share) for picture in pictures])
    found = extract_colors(pixels, options.count)
    if len(found) < 2:
        # A palette has two colours at least; these differ by what nobody sees.
        found = np.concatenate([found, np.where(found > 0.5, found - 1 / 255, found + 1 / 255)])
    return msgspec.structs.replace(options, colors=tuple(to_hex(found)))


def apply(picture: Picture, options: CommonPaletteOptions, context: FilterContext) -> Picture:
    """Draw the picture with the colours that the survey has found.

    Raises:
        StyleError: There are none, as outside a chain.
    """
    if not options.colors:
        raise StyleError("the colours of all pictures are only known inside a chain")
    colors = palette_colors(context, list(options.colors), picture)
    if options.dots == "none":
        drawn = colors.take(nearest(picture.color, colors), axis=0)
        return picture.replace(color=drawn, indexed=colors)
    how = DitherOptions(palette=list(options.colors), method=options.dots)
    return dither.apply(picture, how, context)


def _some_pixels(picture: Picture, count: int) -> FloatArray:
    """Return pixels (K, 3) all over a picture that are more opaque than not, else any."""
    color = to_rgb(picture.color).reshape(-1, 3)
    if picture.alpha is not None:
        opaque = color[picture.alpha.reshape(-1) > 0.5]
        color = opaque if len(opaque) else color
    places = np.linspace(0, len(color) - 1, min(count, len(color))).astype(np.intp)
    return color[places]
