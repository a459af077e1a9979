"""What a filter asks of the chain that it runs in: palettes, picture files and inner styles."""

from typing import Any

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import BLENDS, to_rgb
from artgan.plugin.picture import FloatArray, Picture, mixed_planes


def palette_colors(context: FilterContext, wanted: Any, picture: Picture | None) -> FloatArray:
    """Look up a palette: sRGB (K, 3) in [0, 1].

    Raises:
        StyleError: There is no such palette, or the filter does not run in a chain.
    """
    if context.palette is None:
        raise StyleError("palettes can only be looked up inside a chain")
    colors: FloatArray = context.palette(wanted, picture)
    return colors


def read_picture(context: FilterContext, path: str) -> Picture:
    """Read a picture file.

    Raises:
        StyleError: The filter does not run in a chain.
    """
    if context.read is None:
        raise StyleError("pictures can only be read inside a chain")
    return context.read(path)


def run_inside(context: FilterContext, style: Any, picture: Picture) -> Picture:
    """Apply a style to a picture; the result has the encoding of ``picture``.

    Raises:
        StyleError: The style cannot be applied, or the filter does not run in a chain.
    """
    if context.run is None:
        raise StyleError("styles can only be run inside a chain")
    return context.run(style, picture).to(picture.space)


def lay(under: Picture, over: Picture, weight: FloatArray | float, mode: str) -> Picture:
    """Lay one picture over another of the same size.

    Args:
        under: The picture below; the result keeps its facts, and wraps where both do. Planes that
            both have are mixed as the colours are.
        over: The picture above, in the same space.
        weight: Opacity of ``over``: a number, or (H, W, 1).
        mode: A name of ``BLENDS``.

    Raises:
        StyleError: The sizes differ.
    """
    if (under.height, under.width) != (over.height, over.width):
        raise StyleError(
            f"the style inside changes the size from {under.width}x{under.height} to "
            f"{over.width}x{over.height}; put what enlarges before this step"
        )
    below, above = under.color, over.color
    if below.shape != above.shape:
        below, above = to_rgb(below), to_rgb(above)
    laid = np.clip(BLENDS[mode](below, above), 0, 1)
    color = below + (laid - below) * weight
    wraps = (under.wraps[0] and over.wraps[0], under.wraps[1] and over.wraps[1])
    under = under.replace(planes=mixed_planes(under, over, weight))
    if under.alpha is None and over.alpha is None:
        return under.replace(color=color, wraps=wraps, indexed=None)
    one = np.ones((under.height, under.width, 1), np.float32)
    alpha = one if under.alpha is None else under.alpha
    alpha = alpha + ((one if over.alpha is None else over.alpha) - alpha) * weight
    return under.replace(color=color, alpha=alpha, wraps=wraps, indexed=None)
