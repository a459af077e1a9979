"""Pixel sorting: runs of middle lightness are sorted from dark to light (Kim Asendorf, 2010)."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_wild import PixelSortOptions
from artgan.plugins.filters._ink import tone

CUTS = 400
"""Number of different places at which long runs are cut, so that no straight line shows."""


def apply(picture: Picture, options: PixelSortOptions, context: FilterContext) -> Picture:
    """Sort runs along rows or columns; pixels only change places.

    Raises:
        StyleError: ``low`` lies above ``high``.
    """
    if options.low > options.high:
        raise StyleError(
            f"low = {options.low:g} must not be above high = {options.high:g}; swap the two"
        )
    turned = options.direction in ("down", "up")
    back = options.direction in ("up", "left")
    pixels, light = picture.pixels, tone(picture)
    if turned:
        pixels, light = pixels.transpose(1, 0, 2), light.T
    if back:
        pixels, light = pixels[:, ::-1], light[:, ::-1]
    cuts = context.rng.uniform(0, 1, CUTS)[np.arange(len(light)) * CUTS // len(light)]
    pixels = _sort_runs(np.ascontiguousarray(pixels), np.ascontiguousarray(light), cuts, options)
    if back:
        pixels = pixels[:, ::-1]
    if turned:
        pixels = pixels.transpose(1, 0, 2)
    return picture.replace(pixels=np.ascontiguousarray(pixels))


def _sort_runs(
    pixels: FloatArray, light: FloatArray, cuts: np.ndarray, options: PixelSortOptions
) -> FloatArray:
    """Sort the runs of each row of (H, W, C) by lightness (H, W); cuts (H,) end long runs."""
    height, width, channels = pixels.shape
    moves = (light >= options.low) & (light <= options.high)
    # A new run starts at each pixel that stays, after it, and where a run would grow too long.
    starts = ~moves
    starts[:, 1:] |= ~moves[:, :-1]
    starts[:, 0] = True
    longest = max(1, round(options.length * width))
    starts |= (np.arange(width) + (cuts[:, None] * longest).astype(int)) % longest == 0
    runs = np.cumsum(starts.ravel())
    order = np.lexsort((light.ravel(), runs))
    return pixels.reshape(-1, channels)[order].reshape(height, width, channels)
