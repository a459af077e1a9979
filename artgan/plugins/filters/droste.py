"""The Droste effect: the picture inside itself, again and again, straight or as Escher's spiral.

For the spiral, a power with a complex exponent joins each copy to the next one inside it (de Smit
and Lenstra 2003, "The mathematical structure of Escher's Print Gallery").
"""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import DrosteOptions
from artgan.plugins.filters._warp import Places, distance, warp


def apply(picture: Picture, options: DrosteOptions, context: FilterContext) -> Picture:
    """Put copies of size ``scale`` into the middle; ``picture`` is linear."""
    if options.depth == 0:
        return picture
    half_down, half_across = np.float32(picture.height / 2), np.float32(picture.width / 2)
    fall = math.log(1 / options.scale)
    lean = options.twist * fall / (2 * math.pi)
    # The spiral would not fill the corners; it is enlarged so that its outer arm lies beyond them.
    grow = math.exp(abs(lean) * math.pi) if options.twist else 1.0

    def places(down: FloatArray, across: FloatArray) -> Places:
        y, x = (down - half_down) / half_down, (across - half_across) / half_across
        shrink: FloatArray = np.ones((len(down), across.shape[1]), np.float32)
        if options.twist:
            log_radius = np.log(np.maximum(distance(y, x), 1e-6))
            angle = np.arctan2(y, x)
            radius = np.exp(log_radius - lean * angle) * np.float32(grow)
            angle = angle + np.float32(lean) * log_radius
            y, x = radius * np.sin(angle), radius * np.cos(angle)
            shrink = shrink * radius / np.maximum(np.exp(log_radius), 1e-6)
        size = np.maximum(np.abs(y), np.abs(x))
        # The number of copies that a place lies inside of; below 0 outside the picture.
        level = np.floor(-np.log(np.maximum(size, 1e-9)) / np.float32(fall))
        zoom = np.exp(np.float32(fall) * np.minimum(level, options.depth))
        rows, columns = half_down * (1 + y * zoom), half_across * (1 + x * zoom)
        return rows, columns, shrink * zoom

    return warp(picture, places)
