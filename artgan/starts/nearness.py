"""Measures how near pictures are to those that a start was trained on.

A start is broad: it has seen many grounds and colours, so its pictures are spread much wider than
those of one folder. What counts is whether each picture of the folder has some like it among those
of the start, as in the precision of Kynkaanniemi et al. 2019, section 3, and not whether the two
sets are alike. The features are those of fixed random layers, which need no package beyond torch.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgan.base.seeding import key
from artgan.plugin.features import RandomLayers

MOST = 400
"""Most pictures of either side that are compared."""

SIDE = 32
"""Side in pixels that pictures are scaled to first, so that starts of all sizes compare."""

WIDTH = 4
"""Channels of the first random layer."""


def picture_features(images: NDArray[np.uint8]) -> Tensor:
    """Compute features (N, D) of at most ``MOST`` pictures, uint8 (N, H, W, C)."""
    order = np.random.Generator(np.random.PCG64(key(0, "start"))).permutation(len(images))
    some = np.stack([images[i] for i in np.sort(order[:MOST])])
    values = torch.from_numpy(some).permute(0, 3, 1, 2).float() / 255
    if values.shape[1] == 4:
        # Clear pixels carry no colour.
        values = values[:, :3] * values[:, 3:]
    scaled = F.interpolate(
        values.expand(-1, 3, -1, -1), (SIDE, SIDE), mode="bilinear", antialias=True
    )
    return RandomLayers(WIDTH)(scaled * 2 - 1)


def distance(pictures: Tensor, start: Tensor) -> float:
    """Compute how far pictures are from those of a start, by features (N, D) and (M, D).

    The mean distance of a picture from the nearest one of the start, divided by the mean distance
    of one of the start from its nearest other: about 1 for pictures that the start could have been
    trained on.
    """
    start = start.float()
    among = torch.cdist(start, start).fill_diagonal_(torch.inf)
    across = torch.cdist(pictures.float(), start)
    return float(across.min(1).values.mean() / among.min(1).values.mean())
