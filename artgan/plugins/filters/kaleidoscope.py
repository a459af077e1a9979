"""A kaleidoscope: a wedge of the picture between two mirrors, by folding the angle at a point."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import KaleidoscopeOptions
from artgan.plugins.filters._warp import Places, center_of, distance, warp


def fold_angle(angle: np.ndarray, segments: int) -> np.ndarray:
    """Fold angles in radians into the wedge [0, pi / segments] between two mirrors."""
    wedge = 2 * math.pi / segments
    turned = angle % wedge
    folded: np.ndarray = np.minimum(turned, wedge - turned)
    return folded


def apply(picture: Picture, options: KaleidoscopeOptions, context: FilterContext) -> Picture:
    """Repeat one wedge of the picture (linear) all around the middle, every other one mirrored."""
    middle_down, middle_across = picture.height / 2, picture.width / 2
    from_down, from_across = center_of(picture, options.center)
    turn = math.radians(options.angle)

    def places(down: FloatArray, across: FloatArray) -> Places:
        y, x = down - np.float32(middle_down), across - np.float32(middle_across)
        radius = distance(y, x) / np.float32(options.zoom)
        angle = fold_angle(np.arctan2(y, x) - np.float32(math.pi / 2), options.segments) + turn
        rows = from_down + radius * np.sin(angle)
        return rows, from_across + radius * np.cos(angle), None

    return warp(picture, places)
