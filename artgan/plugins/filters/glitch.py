"""A broken signal: strips of rows slip sideways, and red and blue slip further than green."""

import math
from itertools import pairwise

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_wild import GlitchOptions

REACH = 0.3
"""Share of the width by which a strip slips at most, at full strength."""
TORN = 0.7
"""Share of the strips that slip at full strength."""


def apply(picture: Picture, options: GlitchOptions, context: FilterContext) -> Picture:
    """Tear strips; ``picture`` is linear. What leaves on one side comes back on the other."""
    if options.strength == 0:
        return picture
    slips, parts = _tears(picture, options, context.rng)
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = light * picture.alpha
    torn = np.stack([_slide(light[:, :, i], slips + (1 - i) * parts) for i in range(3)], axis=2)
    if picture.alpha is None:
        return picture.replace(color=torn)
    # Fringes beside a shape cover as much as they shine.
    alpha = _slide(picture.alpha[:, :, 0], slips)[:, :, None]
    alpha = np.maximum(alpha, torn.max(axis=2, keepdims=True))
    color = torn / np.maximum(alpha, 1e-6)
    return picture.replace(pixels=np.concatenate([color, alpha], axis=2).astype(np.float32))


def _tears(
    picture: Picture, options: GlitchOptions, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Give how far each row slips and how far its colours part, in pixels: (H,) both."""
    cuts = np.sort(rng.uniform(0, 1, options.bands - 1))
    hit = rng.uniform(0, 1, options.bands) < TORN * options.strength
    # A product of two: most tears are small, a few go far.
    reach = rng.uniform(-1, 1, options.bands) * rng.uniform(0, 1, options.bands)
    reach *= REACH * options.strength * picture.width
    split = rng.uniform(-1, 1, options.bands) * options.split * picture.shorter_side
    band = np.searchsorted(cuts, (np.arange(picture.height) + 0.5) / picture.height)
    return (hit * reach)[band].astype(np.float32), (hit * split)[band].astype(np.float32)


def _slide(plane: FloatArray, right: FloatArray) -> FloatArray:
    """Move each row of a plane (H, W) to the right, around the border, by parts of pixels."""
    moved = plane.copy()
    edges = [0, *(np.flatnonzero(np.diff(right)) + 1), len(plane)]
    # Rows of a strip slip alike.
    for start, stop in pairwise(edges):
        whole = math.floor(right[start])
        share = np.float32(right[start] - whole)
        strip = np.roll(plane[start:stop], whole, axis=1)
        moved[start:stop] = strip + (np.roll(strip, 1, axis=1) - strip) * share
    return moved
