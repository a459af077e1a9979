"""Enlarge a picture: Lanczos or B-spline in linear light, or whole pixels."""

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize
from artgan.plugins.filters import UpscaleOptions

MOST_PIXELS = 200_000_000


def apply(picture: Picture, options: UpscaleOptions, context: FilterContext) -> Picture:
    """Give a picture at least as large; one that is larger already is left as it is."""
    factor = options.size / picture.shorter_side if options.size else options.factor
    if options.method == "nearest":
        factor = max(1, round(factor))
    if factor <= 1:
        return picture
    height, width = round(picture.height * factor), round(picture.width * factor)
    if height * width > MOST_PIXELS:
        fits = int((MOST_PIXELS / (picture.height * picture.width)) ** 0.5)
        raise StyleError(
            f"{width}x{height} pixels are more than memory is likely to hold; "
            f"a factor of {max(1, fits)} would fit"
        )
    return resize(picture, height, width, options.method)
