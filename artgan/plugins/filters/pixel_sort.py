"""Sorted pixels: runs of middle lightness settle from dark to light (after Kim Asendorf, 2010)."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_wild import PixelSortOptions
from artgan.plugins.filters._ink import tone

CUTS = 400
"""How many different places the longest runs are cut at, so that no straight line shows."""


def apply(picture: Picture, options: PixelSortOptions, context: FilterContext) -> Picture:
    """Sort runs along rows or columns; every pixel is one of the picture's own."""
    if options.low > options.high:
        raise StyleError(f"low = {options.low:g} must not be above high = {options.high:g}")
    turned = options.direction in ("down", "up")
    back = options.direction in ("up", "left")
    pixels, light = picture.pixels, tone(picture)
    if turned:
        pixels, light = pixels.transpose(1, 0, 2), light.T
    if back:
        pixels, light = pixels[:, ::-1], light[:, ::-1]
    cuts = context.rng.uniform(0, 1, CUTS)[np.arange(len(light)) * CUTS // len(light)]
    pixels = _settle(np.ascontiguousarray(pixels), np.ascontiguousarray(light), cuts, options)
    if back:
        pixels = pixels[:, ::-1]
    if turned:
        pixels = pixels.transpose(1, 0, 2)
    return picture.replace(pixels=np.ascontiguousarray(pixels))


def _settle(
    pixels: FloatArray, light: FloatArray, cuts: np.ndarray, options: PixelSortOptions
) -> FloatArray:
    """Sort the runs of each row of (H, W, C) by light (H, W); cuts (H,) end long ones."""
    height, width, channels = pixels.shape
    moves = (light >= options.low) & (light <= options.high)
    # A run begins where a pixel stays, where the one before it stayed, and where it grows too long.
    starts = ~moves
    starts[:, 1:] |= ~moves[:, :-1]
    starts[:, 0] = True
    longest = max(1, round(options.length * width))
    starts |= (np.arange(width) + (cuts[:, None] * longest).astype(int)) % longest == 0
    runs = np.cumsum(starts.ravel())
    order = np.lexsort((light.ravel(), runs))
    return pixels.reshape(-1, channels)[order].reshape(height, width, channels)
