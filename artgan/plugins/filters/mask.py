"""Run a style where the picture's lightness lies in a range."""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import lightness
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import MaskOptions
from artgan.plugins.filters._inner import lay, run_inside


def apply(picture: Picture, options: MaskOptions, context: FilterContext) -> Picture:
    """Fade between the picture and its styled self, by lightness."""
    if options.high < options.low:
        raise StyleError(f"high = {options.high:g} must be at least low = {options.low:g}")
    if options.strength == 0:
        return picture
    styled = run_inside(context, options.chain, picture)
    light = lightness(picture.color)
    soft = np.float32(max(options.softness, 1e-4))
    rising = _fade((light - options.low) / soft + np.float32(0.5)) if options.low > 0 else 1
    falling = _fade((options.high - light) / soft + np.float32(0.5)) if options.high < 1 else 1
    weight = rising * falling * np.ones_like(light) * np.float32(options.strength)
    return lay(picture, styled, weight[:, :, None], "normal")


def _fade(share: FloatArray) -> FloatArray:
    clipped = np.clip(share, 0, 1)
    smooth: FloatArray = clipped * clipped * (3 - 2 * clipped)
    return smooth
