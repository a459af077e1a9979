"""Moves pixels by soft noise, or by waves that repeat without a seam."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import DisplaceOptions
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._warp import Places, warp


def apply(picture: Picture, options: DisplaceOptions, context: FilterContext) -> Picture:
    """Read every pixel from a place up to ``amount`` away; ``picture`` is linear."""
    if options.amount == 0:
        return picture
    reach = np.float32(options.amount * picture.shorter_side)
    if options.by == "noise":
        fields = [soft_noise(picture, options.size, options.detail, context.rng) for _ in range(2)]

        def places(down: FloatArray, across: FloatArray) -> Places:
            first = int(down[0, 0])
            rows, columns = (field[first : first + len(down)] for field in fields)
            return down + reach * rows, across + reach * columns, None
    else:
        waves_down = max(1, round(picture.height / (options.size * picture.shorter_side)))
        waves_across = max(1, round(picture.width / (options.size * picture.shorter_side)))

        def places(down: FloatArray, across: FloatArray) -> Places:
            rows = np.sin(across * np.float32(2 * math.pi * waves_across / picture.width))
            columns = np.sin(down * np.float32(2 * math.pi * waves_down / picture.height))
            return down + reach * rows, across + reach * columns, None

    return warp(picture, places)
