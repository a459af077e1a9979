"""Sharp edges for figures that are half clear at their rims, and no loose specks around them."""

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
        pieces = _pieces(solid, picture.wraps)
        sizes = np.bincount(pieces.ravel())
        sizes[0] = 0
        solid &= sizes[pieces] >= options.specks * sizes.max()
    alpha = solid[:, :, None].astype(np.float32)
    # Colours hidden in clear pixels would come back where edges are smoothed.
    return picture.replace(pixels=np.concatenate([picture.color * alpha, alpha], axis=2))


def _pieces(solid: NDArray[np.bool_], wraps: tuple[bool, bool]) -> NDArray[np.int64]:
    """Number the pieces (H, W) that hang together, corners counted; 0 is clear.

    Every run of a row takes the least number of those that touch it, until nothing changes.
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
        # A number names the pixel that holds it, which may know a smaller one by now.
        jumped = np.concatenate([[0], least.ravel()])[least]
        if np.array_equal(jumped, numbers):
            return jumped
        numbers = jumped
