"""Cuts figures out cleanly: pixels are solid or clear, and loose specks are removed."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_page import CutoutOptions


def apply(picture: Picture, options: CutoutOptions, context: FilterContext) -> Picture:
    """Make every pixel solid or clear; a picture without clear pixels stays as it is."""
    if picture.alpha is None:
        return picture
    solid = picture.alpha[:, :, 0] >= max(options.threshold, 1e-6)
    if options.specks and solid.any():
        numbers = pieces(solid, picture.wraps)
        sizes = np.bincount(numbers.ravel())
        sizes[0] = 0
        solid &= sizes[numbers] >= options.specks * sizes.max()
    alpha = solid[:, :, None].astype(np.float32)
    # Clear pixels become black, or their hidden colours would show where edges are smoothed later.
    return picture.replace(color=picture.color * alpha, alpha=alpha)


def pieces(solid: NDArray[np.bool_], wraps: tuple[bool, bool]) -> NDArray[np.int64]:
    """Number the connected pieces (H, W), diagonal neighbours included; clear pixels are 0.

    Every pixel takes the least number among its neighbours, until nothing changes.
    """
    numbers = np.where(solid, np.arange(1, solid.size + 1).reshape(solid.shape), 0)
    far = np.iinfo(np.int64).max
    while True:
        near = np.where(solid, numbers, far)
        for axis, wrap in ((0, wraps[1]), (1, wraps[0])):
            pads = [(0, 0), (0, 0)]
            pads[axis] = (1, 1)
            wide = (
                np.pad(near, pads, mode="wrap") if wrap else np.pad(near, pads, constant_values=far)
            )
            parts = [np.take(wide, np.arange(s, s + near.shape[axis]), axis) for s in (0, 1, 2)]
            near = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
        least = np.where(solid, near, 0)
        # A number is also the index of a pixel, which may have a smaller number by now.
        jumped = np.concatenate([[0], least.ravel()])[least]
        if np.array_equal(jumped, numbers):
            return jumped
        numbers = jumped
