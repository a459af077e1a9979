"""Running styles inside a filter, and laying the result over the picture."""

from typing import Any

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import BLENDS, to_rgb
from artgan.plugin.picture import FloatArray, Picture


def run_inside(context: FilterContext, style: Any, picture: Picture) -> Picture:
    """Run a style on a picture and give it back in the picture's space."""
    if context.run is None:
        raise StyleError("styles can only be run inside a chain")
    return context.run(style, picture).to(picture.space)


def lay(under: Picture, over: Picture, weight: FloatArray | float, mode: str) -> Picture:
    """Lay one picture over another of the same size.

    Args:
        under: Below; its facts are kept where both have them.
        over: Above, in the same space.
        weight: How much of it: a number, or (H, W, 1).
        mode: A name of ``BLENDS``.
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
    if under.alpha is None and over.alpha is None:
        return under.replace(color=color, wraps=wraps, indexed=None)
    one = np.ones((under.height, under.width, 1), np.float32)
    alpha = one if under.alpha is None else under.alpha
    alpha = alpha + ((one if over.alpha is None else over.alpha) - alpha) * weight
    pixels = np.concatenate([color, alpha], axis=2).astype(np.float32)
    return under.replace(pixels=pixels, wraps=wraps, indexed=None)
