"""Crosshatching: each layer of lines starts where the layers before it are full."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_drawn import CrosshatchOptions
from artgan.plugins.filters._ink import ink_covers, lay_ink, turns, wave
from artgan.plugins.filters._noise import soft_noise

FULL = 0.5
"""Cover of a layer whose lines are as wide as the gaps."""
WOBBLE = 0.7
"""Largest distance, in lines, by which an unsteady hand leaves a straight line."""


def apply(picture: Picture, options: CrosshatchOptions, context: FilterContext) -> Picture:
    """Draw layers at different angles that together print the tone; ``picture`` is linear."""
    wanted = ink_covers(picture, (options.ink,))[:, :, 0]
    bare = np.ones(wanted.shape, np.float32)
    cell = picture.shorter_side / options.lines
    for layer in range(options.layers):
        share = layer_share(wanted, layer, options.layers)
        angle = options.angle + layer * 180 / options.layers
        count = turns(picture, options.lines, angle)
        if options.wobble > 0:
            count = count + deviation(picture, options, context)
        bare *= 1 - _line(1 - wave(count), share, cell)
    return lay_ink(picture, 1 - bare, options.ink, options.paper)


def layer_share(wanted: FloatArray, layer: int, layers: int) -> FloatArray:
    """Compute the share of the wanted ink (H, W) that one layer prints."""
    before = 1 - (1 - FULL) ** layer
    share: FloatArray = np.clip((wanted - before) / (1 - before), 0, 1).astype(np.float32)
    return share if layer == layers - 1 else np.minimum(share, np.float32(FULL))


def deviation(picture: Picture, options: CrosshatchOptions, context: FilterContext) -> FloatArray:
    """Draw how far an unsteady hand leaves the line (H, W), in distances between lines."""
    return np.float32(WOBBLE * options.wobble) * soft_noise(picture, 0.12, 0.5, context.rng)


def _line(height: FloatArray, share: FloatArray, cell: float) -> FloatArray:
    """Compute the cover of lines with a soft edge of one pixel, inked up to a share of the gap."""
    soft = np.float32(max(cell / 2, 0.5))
    # Where no ink is wanted, not even the soft edge may show; at full ink, no gap may.
    edge = np.minimum(share * soft, 0.5) + np.maximum(0.5 - (1 - share) * soft, 0)
    inked: FloatArray = np.clip((share - height) * soft + edge, 0, 1)
    return inked
