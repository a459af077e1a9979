"""Recolours by OKLab lightness along a ramp that is interpolated in OKLab."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import lightness, ramp, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import GradientMapOptions
from artgan.plugins.filters._inner import palette_colors

BINS = 4096


def apply(picture: Picture, options: GradientMapOptions, context: FilterContext) -> Picture:
    """Look up each pixel's lightness on the ramp."""
    if options.strength == 0:
        return picture
    colors = palette_colors(context, options.colors, picture)
    places = np.clip(lightness(picture.color), 0, 1)
    if options.equalize:
        even = _ranks(places, picture.alpha)
        places = places + (even - places) * np.float32(options.equalize)
    drawn = ramp(colors[::-1] if options.reverse else colors, places)
    if options.strength < 1:
        plain = to_rgb(picture.color)
        drawn = plain + (drawn - plain) * np.float32(options.strength)
    return picture.replace(color=drawn, indexed=None)


def _ranks(places: FloatArray, alpha: FloatArray | None) -> FloatArray:
    """Compute for each lightness (H, W) the share of darker pixels; clear pixels do not count."""
    bins = (places * (BINS - 1)).astype(np.int32)
    weights = None if alpha is None else alpha.ravel()
    counts = np.bincount(bins.ravel(), weights, BINS).astype(np.float64)
    below = np.cumsum(counts) - counts / 2
    ranks: FloatArray = (below / max(counts.sum(), 1e-9)).astype(np.float32)[bins]
    return ranks
