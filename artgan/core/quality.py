"""Cheap measures of how training goes: distance from the real pictures, and variety.

The distance is a sliced Wasserstein distance, as Karras et al. 2018 ("Progressive Growing of GANs",
section 5) take it, but of the features of random layers (Naeem et al. 2020) instead of patches: by
patches, creatures seemed to become worse while features of a trained network saw them become
better. It needs no trained network, works for any pictures, and takes a fraction of a second. It
ranks checkpoints of one run; it is not a score to compare runs on different data.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.core.keyed import keyed_generator
from artgan.plugin.features import RandomLayers

DIRECTIONS = 256
AT_ONCE = 32


def sliced_distance(real: Tensor, fake: Tensor) -> float:
    """Give the sliced Wasserstein distance of two sets of images (N, C, H, W), equal in number.

    Returns:
        Mean absolute difference of sorted projections of their features, each feature scaled by its
        spread among the real ones; 0 for equal sets.
    """
    layers = RandomLayers(channels=real.shape[1])
    left, right = (
        torch.cat([layers(part) for part in images.float().cpu().split(AT_ONCE)])
        for images in (real, fake)
    )
    mean, spread = left.mean(0), left.std(0).clamp(min=1e-3)
    key = keyed_generator("directions")
    directions = F.normalize(torch.randn(left.shape[1], DIRECTIONS, generator=key), dim=0)
    sides = [((side - mean) / spread @ directions).sort(dim=0).values for side in (left, right)]
    return float((sides[0] - sides[1]).abs().mean())


def variety(images: Tensor) -> float:
    """Give the mean distance between pairs of images (N, C, H, W), shrunk to 16 pixels.

    A share of the real pictures' value near 0 means that the fakes are all alike.
    """
    small = F.adaptive_avg_pool2d(images.float().cpu(), 16).flatten(1)
    return float(torch.pdist(small).mean()) if len(small) > 1 else 0.0
