"""Keeps what a picture shows now as a plane, which later steps can use as a mask or a height."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import light_lightness, lightness
from artgan.plugin.masks import mask_weights
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import RememberOptions


def apply(picture: Picture, options: RememberOptions, context: FilterContext) -> Picture:
    """Add the plane; the pixels stay as they are."""
    return picture.with_plane(options.name, _values(picture, options, context))


def _values(picture: Picture, options: RememberOptions, context: FilterContext) -> FloatArray:
    """Compute the plane, (H, W) or (H, W, 1)."""
    if options.what == "alpha":
        opaque = np.ones((picture.height, picture.width), np.float32)
        return opaque if picture.alpha is None else picture.alpha
    if options.what == "lightness":
        measure = lightness if picture.space == "srgb" else light_lightness
        return measure(picture.color)
    return mask_weights(options.what, picture, context.read, options.softness)
