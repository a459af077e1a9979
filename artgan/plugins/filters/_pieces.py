"""Mean colours of pieces that a picture is divided into."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray


def piece_means(pixels: FloatArray, owner: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Compute the mean (count, C) of each piece's pixels; a piece without pixels gets 0.

    ``owner`` (H, W) is the number of the piece of each pixel (H, W, C), from 0 to ``count`` - 1.
    """
    flat = owner.ravel()
    sizes = np.maximum(np.bincount(flat, minlength=count), 1)
    sums = [np.bincount(flat, pixels[:, :, i].ravel(), count) for i in range(pixels.shape[2])]
    means: NDArray[np.float64] = np.stack(sums, axis=1) / sizes[:, None]
    return means
