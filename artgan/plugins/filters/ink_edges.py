"""Ink drawing: the extended difference of Gaussians along the edge flow.

Winnemöller, Kyprianidis and Olsen 2012, "XDoG". They sharpen the picture; here the difference alone
is drawn, so flat parts stay paper whether they are dark or light.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import double, gaussian_blur, halve
from artgan.plugins.filters._declared_drawn import InkEdgesOptions
from artgan.plugins.filters._flow import smooth_along, tangents
from artgan.plugins.filters._ink import lay_ink, tone

WIDER, GAIN = 1.6, 20.0
STRONG, MOST = 0.04, 5.0
"""Contrast of a strong edge, and the largest factor for the edges of a picture that has none."""
COARSEST = 1.25
"""Smoothing in pixels at which lines are still smooth; a picture is halved down to it."""
FINEST = 0.6
"""Smallest smoothing in pixels."""


def apply(picture: Picture, options: InkEdgesOptions, context: FilterContext) -> Picture:
    """Draw lines on the dark side of edges."""
    sigma = max(FINEST, options.width * picture.shorter_side / 2)
    drawn = tone(picture) if options.plane == "none" else picture.plane(options.plane)
    found = contrast(drawn, sigma, picture.wraps)
    strong = -float(np.quantile(found, 0.005))
    gain = GAIN * min(max(STRONG / max(strong, 1e-6), 1.0), MOST)
    edges = 1 + np.float32(gain) * found
    cover = dark(edges, options.threshold, options.sharpness)
    return lay_ink(picture, cover, options.ink, options.paper)


def contrast(plane: FloatArray, sigma: float, wraps: tuple[bool, bool]) -> FloatArray:
    """Compute how much lighter each pixel (H, W) is than its surroundings, smoothed along edges."""
    sizes = []
    grey = plane[:, :, None]
    # The result is smooth, so for a large picture it is computed on a smaller copy.
    while sigma >= 2 * COARSEST:
        sizes.append(grey.shape[:2])
        grey = halve(grey, wraps)
        sigma /= 2
    near, far = (gaussian_blur(grey, s, wraps)[:, :, 0] for s in (sigma, WIDER * sigma))
    flow = tangents(near, 2 * sigma, wraps)
    found = smooth_along(near - far, flow, 3 * sigma, wraps)
    for height, width in reversed(sizes):
        found = double(found[:, :, None], height, width, wraps)[:, :, 0]
    return found


def dark(values: FloatArray, threshold: float, sharpness: float) -> FloatArray:
    """Compute ink (H, W) in [0, 1]: none above the threshold, more the farther below it."""
    below = np.minimum(values - np.float32(threshold), 0)
    ink: FloatArray = np.tanh(-below * np.float32(sharpness))
    return ink
