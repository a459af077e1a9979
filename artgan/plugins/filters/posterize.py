"""Reduces a picture to a few levels of OKLab lightness, or of each channel."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import fit_gamut, lightness, linear_to_srgb, oklab_to_srgb, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import PosterizeOptions


def apply(picture: Picture, options: PosterizeOptions, context: FilterContext) -> Picture:
    """Round tones to ``levels`` even steps."""
    if options.by == "channels":
        return picture.replace(color=_round(picture.color, options.levels))
    if picture.color.shape[2] == 1:
        stepped = _round(lightness(picture.color), options.levels)
        return picture.replace(color=linear_to_srgb(stepped**3)[:, :, None])
    lab = srgb_to_oklab(picture.color)
    lab[:, :, 0] = _round(lab[:, :, 0], options.levels)
    # Black and white get no chroma; the little that fits the gamut would make further levels.
    lab[:, :, 1:] *= ((lab[:, :, :1] > 0) & (lab[:, :, :1] < 1)).astype(np.float32)
    return picture.replace(color=oklab_to_srgb(fit_gamut(lab)))


def _round(values: FloatArray, levels: int) -> FloatArray:
    steps = np.float32(levels - 1)
    rounded: FloatArray = np.clip(np.floor(values * steps + np.float32(0.5)), 0, steps) / steps
    return rounded
