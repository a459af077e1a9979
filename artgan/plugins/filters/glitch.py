"""A broken signal: strips of rows shift sideways, and red and blue further than green."""

import math
from itertools import pairwise

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_wild import GlitchOptions

REACH = 0.3
"""Largest shift of a strip at full strength, as a share of the width."""
TORN = 0.7
"""Share of the strips that shift at full strength."""


def apply(picture: Picture, options: GlitchOptions, context: FilterContext) -> Picture:
    """Shift strips; ``picture`` is linear. What leaves on one side enters on the other."""
    if options.strength == 0:
        return picture
    shifts, parts = _tears(picture, options, context.rng)
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = light * picture.alpha
    torn = np.stack([_slide(light[:, :, i], shifts + (1 - i) * parts) for i in range(3)], axis=2)
    if picture.alpha is None:
        return picture.replace(color=torn)
    # Fringes beside a shape are as opaque as they are bright.
    alpha = _slide(picture.alpha[:, :, 0], shifts)[:, :, None]
    alpha = np.maximum(alpha, torn.max(axis=2, keepdims=True))
    return picture.replace(color=torn / np.maximum(alpha, 1e-6), alpha=alpha)


def _tears(
    picture: Picture, options: GlitchOptions, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw how far each row shifts and how far its colours part, in pixels, both (H,)."""
    cuts = np.sort(rng.uniform(0, 1, options.bands - 1))
    hit = rng.uniform(0, 1, options.bands) < TORN * options.strength
    # A product of two: most tears are small, a few go far.
    reach = rng.uniform(-1, 1, options.bands) * rng.uniform(0, 1, options.bands)
    reach *= REACH * options.strength * picture.width
    split = rng.uniform(-1, 1, options.bands) * options.split * picture.shorter_side
    band = np.searchsorted(cuts, (np.arange(picture.height) + 0.5) / picture.height)
    return (hit * reach)[band].astype(np.float32), (hit * split)[band].astype(np.float32)


def _slide(plane: FloatArray, right: FloatArray) -> FloatArray:
    """Shift each row of a plane (H, W) to the right by fractions of pixels; rows wrap."""
    moved = plane.copy()
    edges = [0, *(np.flatnonzero(np.diff(right)) + 1), len(plane)]
    # All rows of a strip shift alike.
    for start, stop in pairwise(edges):
        whole = math.floor(right[start])
        share = np.float32(right[start] - whole)
        strip = np.roll(plane[start:stop], whole, axis=1)
        moved[start:stop] = strip + (np.roll(strip, 1, axis=1) - strip) * share
    return moved
