"""Slopes as colours: a tangent-space normal map of a picture whose lightness is taken for height.

A plane of the picture, such as its depth, may be the height instead.

Blinn 1978, "Simulation of wrinkled surfaces": the normal of a height field tilts against its slope.
Red is the component to the right, green the one upwards, blue the one towards the viewer.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import lightness
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_page import NormalMapOptions
from artgan.plugins.filters._sampling import neighbours

HEIGHT = 0.06
"""Height from black to white at relief 1, as a share of the picture's shorter side."""


def apply(picture: Picture, options: NormalMapOptions, context: FilterContext) -> Picture:
    """Compute the map; where the picture wraps, slopes at its borders do too."""
    if options.plane == "none":
        height = lightness(picture.color)[:, :, None]
    else:
        height = picture.plane(options.plane)[:, :, None]
    if picture.alpha is not None:
        # Clear pixels have height 0, so cut-outs rise from the floor.
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


def _slope(height: FloatArray, axis: int, wrap: bool) -> FloatArray:
    """Compute the change of height per pixel (H, W), by central differences."""
    before, after = neighbours(height, axis, wrap)
    return ((after - before) / 2).astype(np.float32)
