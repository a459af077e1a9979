"""Twists the picture around a point."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import SwirlOptions
from artgan.plugins.filters._warp import Places, center_of, distance, warp


def apply(picture: Picture, options: SwirlOptions, context: FilterContext) -> Picture:
    """Rotate what lies near the centre, by an angle that falls to 0 at the radius."""
    if options.angle == 0:
        return picture
    center_down, center_across = center_of(picture, options.center)
    reach = options.radius * picture.shorter_side
    turn = np.float32(math.radians(options.angle))

    def places(down: FloatArray, across: FloatArray) -> Places:
        y = _away(down - np.float32(center_down), picture.height, picture.wraps[1])
        x = _away(across - np.float32(center_across), picture.width, picture.wraps[0])
        inside = np.clip(1 - distance(y, x) / np.float32(reach), 0, 1)
        angle = turn * inside * inside
        cosine, sine = np.cos(angle), np.sin(angle)
        # Differences, so that pixels outside stay exactly where they are.
        rows = down + (x * sine + y * (cosine - 1))
        return rows, across + (x * (cosine - 1) - y * sine), None

    wraps = tuple(
        wrap and 2 * reach <= length
        for wrap, length in zip(picture.wraps, (picture.width, picture.height), strict=True)
    )
    return warp(picture, places).replace(wraps=wraps)


def _away(distance: FloatArray, length: int, wrap: bool) -> FloatArray:
    """Compute distances to the nearest copy of the centre, if the picture wraps."""
    if not wrap:
        return distance
    whole = np.round(distance / np.float32(length))
    return (distance - np.float32(length) * whole).astype(np.float32)
