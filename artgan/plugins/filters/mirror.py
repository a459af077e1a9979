"""Mirror one half of the picture onto the other; pixels are copied, never resampled."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import MirrorOptions


def apply(picture: Picture, options: MirrorOptions, context: FilterContext) -> Picture:
    """Copy the kept half over the other, along each axis asked for."""
    pixels = picture.pixels
    wraps_x, wraps_y = picture.wraps
    if options.axis in ("x", "both"):
        pixels = pixels.copy()
        _fold(pixels.swapaxes(0, 1), options.keep)
        wraps_x = True
    if options.axis in ("y", "both"):
        pixels = pixels.copy()
        _fold(pixels, options.keep)
        wraps_y = True
    return picture.replace(pixels=pixels, wraps=(wraps_x, wraps_y))


def _fold(lines: FloatArray, keep: str) -> None:
    """Copy the first or the last half of the lines over the other half, backwards, in place."""
    half = len(lines) // 2
    if keep == "first":
        lines[len(lines) - half :] = lines[:half][::-1]
    else:
        lines[:half] = lines[len(lines) - half :][::-1]
