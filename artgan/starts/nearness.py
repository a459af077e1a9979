"""Measures how near pictures are to those that a start was trained on.

Seven numbers tell what kind a picture is: how much of it is flat, how much of it are hard edges and
how much soft changes, its colour, its contrast, its tone and its fine detail. A start is broad: it
has seen many grounds and colours, so its pictures are spread much wider than those of one folder.
What counts is therefore whether each picture of the folder has some like it among those of the
start, as in the precision of Kynkaanniemi et al. 2019, section 3, and not whether both sets are
alike. Features of random layers were tried first and could not tell the kinds apart
(``docs/decisions.md``).
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgan.base.seeding import key

MOST = 400
"""Most pictures of either side that are compared."""

SIDE = 32
"""Side in pixels that pictures are scaled to first, so that starts of all sizes compare."""

FLAT, HARD = 0.01, 0.15
"""Differences between neighbours, of 1: below the first is flat, above the second an edge."""

SCALES = (0.2, 0.08, 0.2, 0.14, 0.1, 0.25, 0.03)
"""About how much each of the seven numbers varies among pictures of all kinds."""


def some_of(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Choose at most ``MOST`` pictures of (N, H, W, C)."""
    order = np.random.Generator(np.random.PCG64(key(0, "start"))).permutation(len(images))
    return np.stack([images[i] for i in np.sort(order[:MOST])])


def picture_features(images: NDArray[np.uint8]) -> Tensor:
    """Compute the seven numbers (N, 7) of at most ``MOST`` pictures, uint8 (N, H, W, C)."""
    values = torch.from_numpy(some_of(images)).permute(0, 3, 1, 2).float() / 255
    if values.shape[1] == 4:
        # Clear pixels carry no colour.
        values = values[:, :3] * values[:, 3:]
    values = values.expand(-1, 3, -1, -1)
    color = F.interpolate(values, (SIDE, SIDE), mode="bilinear", antialias=True)
    grey = color.mean(1, keepdim=True)
    steps = (grey[..., 1:] - grey[..., :-1]).abs()
    around = F.avg_pool2d(F.pad(grey, (1, 1, 1, 1), mode="replicate"), 3, 1)
    numbers = (
        _mean((steps < FLAT).float()),
        _mean((steps > HARD).float()),
        _mean(((steps >= FLAT) & (steps <= HARD)).float()),
        _mean(color.amax(1, keepdim=True) - color.amin(1, keepdim=True)),
        grey.std((1, 2, 3)),
        _mean(grey),
        _mean((grey - around).abs()),
    )
    return torch.stack(numbers, 1) / torch.tensor(SCALES)


def _mean(values: Tensor) -> Tensor:
    """Average values (N, 1, H, W) over each picture."""
    return values.mean((1, 2, 3))


def distances(pictures: Tensor, start: Tensor) -> Tensor:
    """Compute how far each of some pictures (N, 7) is from the nearest of a start's (M, 7)."""
    nearest: Tensor = torch.cdist(pictures.float(), start.float()).min(1).values
    return nearest
