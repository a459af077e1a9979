"""Neon signs: of the edges that ``neon-edges`` finds, the few long ones become tubes, and close.

Edges of a photograph break where they are weak, and short ones are many. Here connected lines are
weighed as a whole, and those that stay are lit along their weak parts too: the hysteresis of Canny
1986, "A computational approach to edge detection", by length instead of by one strong point.
"""

import numpy as np
from msgspec.structs import replace

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters import NeonSignsOptions, neon_edges
from artgan.plugins.filters.cutout import pieces

FAINTER, LIT = 2.2, 0.6
"""How much fainter an edge may be that joins two strong ones, and how bright its tube is."""
PIECES = 200
"""Blocks across the shorter side in which lines are followed."""


def apply(picture: Picture, options: NeonSignsOptions, context: FilterContext) -> Picture:
    """Draw long tubes on a wall, in linear light."""
    if options.longest == 0:
        return neon_edges.apply(picture, options, context)
    faint = replace(options, gain=min(4.0, FAINTER * options.gain))

    def select(
        smooth: FloatArray, bend: float, width: float, found: tuple[FloatArray, FloatArray]
    ) -> FloatArray:
        weak = neon_edges.edges(smooth, bend, faint, picture.wraps)[1]
        return _long(*found, weak, width / 2, options.longest)

    return neon_edges.apply(picture, options, context, select)


def _long(
    away: FloatArray, strong: FloatArray, weak: FloatArray, radius: float, longest: float
) -> FloatArray:
    """Compute the strength (H, W) of the lines that are long and strong enough.

    A sign maker bends few long tubes. Connected lines, weak parts included, count with the sum of
    their strength; those far below the strongest get no tube. The others are lit all along, weak
    parts too, so that they close (the hysteresis of Canny 1986, by length).
    """
    side = -(-min(away.shape) // PIECES)
    tall, wide = (-(-n // side) * side for n in away.shape)
    room = ((0, tall - away.shape[0]), (0, wide - away.shape[1]))
    blocks = (tall // side, side, wide // side, side)
    line = np.pad((away < radius) & (weak > 0), room).reshape(blocks).any(axis=(1, 3))
    weight = np.pad(strong * (away < 1), room).reshape(blocks).sum(axis=(1, 3))
    numbers = pieces(np.asarray(line), (False, False))
    sums = np.bincount(numbers.ravel(), weight.ravel())
    sums[0] = 0
    kept = (sums >= longest * sums.max())[numbers] & line
    shown = kept.repeat(side, 0).repeat(side, 1)[: away.shape[0], : away.shape[1]]
    return np.where(shown, np.maximum(strong, LIT * np.minimum(4 * weak, 1)), 0).astype(np.float32)
