"""Slopes as colours: a tangent-space normal map of the lightness taken for height.

Blinn 1978, "Simulation of wrinkled surfaces": the normal of a height field leans against its
slope. Red is its part to the right, green its part upwards, blue its part towards the eye.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import lightness
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_page import NormalMapOptions

HEIGHT = 0.06
"""Height from black to white at relief 1, as a share of the picture's shorter side."""


def apply(picture: Picture, options: NormalMapOptions, context: FilterContext) -> Picture:
    """Give the map; edges continue on the other side where the picture repeats."""
    height = lightness(picture.color)[:, :, None]
    if picture.alpha is not None:
        # What is clear has no height; cut-outs stand on the floor.
        height = height * picture.alpha
    if options.smooth:
        height = gaussian_blur(height, options.smooth * picture.shorter_side, picture.wraps)
    rise = np.float32(options.relief * HEIGHT * picture.shorter_side)
    across = _slope(height[:, :, 0], 1, picture.wraps[0]) * rise
    down = _slope(height[:, :, 0], 0, picture.wraps[1]) * rise
    upwards = down if options.green == "up" else -down
    normal = np.stack([-across, upwards, np.ones_like(across)], axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return picture.replace(color=np.clip(normal / 2 + 0.5, 0, 1), indexed=None)


def _slope(height: FloatArray, axis: int, wraps: bool) -> FloatArray:
    """Give the change a pixel, between the neighbours on both sides."""
    pads = [(0, 0), (0, 0)]
    pads[axis] = (1, 1)
    wide = np.pad(height, pads, mode="wrap" if wraps else "edge")
    end = wide.shape[axis]
    after, before = np.arange(2, end), np.arange(end - 2)
    slope = (np.take(wide, after, axis) - np.take(wide, before, axis)) / 2
    return slope.astype(np.float32)
