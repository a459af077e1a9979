"""A sliced Wasserstein distance, by which the checkpoints of a run are ranked.

Karras et al. 2018 ("Progressive Growing of GANs", section 5) take it of patches; here it is of the
features of random layers (Naeem et al. 2020): by patches, creatures seemed to become worse while
features of a trained network saw them become better. It needs no trained network, works for any
pictures, and takes a fraction of a second. It ranks checkpoints of one run; it is not a score to
compare runs on different data.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugin import NoOptions
from artgan.plugin.features import RandomLayers

DIRECTIONS = 256

AT_ONCE = 32

SEED = 3990343624219158608
"""Key of the directions, the same as ever."""


class SlicedDistance:
    """The distance of two sets of images."""

    def __init__(self, options: NoOptions) -> None:
        """It has no options."""

    def __call__(self, real: Tensor, fake: Tensor) -> float:
        """Compute it of images (N, C, H, W) in [-1, 1], equal in number."""
        return sliced_distance(real, fake)


def sliced_distance(real: Tensor, fake: Tensor) -> float:
    """Compute the sliced Wasserstein distance of two sets of images (N, C, H, W), equal in number.

    It is the mean absolute difference of sorted projections of their features, each feature scaled
    by its spread among the real ones; 0 for equal sets.
    """
    layers = RandomLayers(channels=real.shape[1])
    left, right = (
        torch.cat([layers(part) for part in images.float().cpu().split(AT_ONCE)])
        for images in (real, fake)
    )
    mean, spread = left.mean(0), left.std(0).clamp(min=1e-3)
    key = torch.Generator().manual_seed(SEED)
    directions = F.normalize(torch.randn(left.shape[1], DIRECTIONS, generator=key), dim=0)
    sides = [((side - mean) / spread @ directions).sort(dim=0).values for side in (left, right)]
    return float((sides[0] - sides[1]).abs().mean())
