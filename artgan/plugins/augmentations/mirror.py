"""Mirroring left to right ("x-flips" in Karras et al. 2020, "Training GANs with Limited Data").

There the training set is doubled, and the generator learns both orientations; the option ``flip``
of the datasets does that. Here both real pictures and fakes are mirrored before the discriminator
sees them, so it cannot know the orientation: the generator may make either and need not learn both.
"""

import torch
from torch import Tensor

from artgan.plugins.augmentations import MirrorOptions


class Mirror:
    """Mirrors each picture with a probability."""

    def __init__(self, options: MirrorOptions) -> None:
        self._probability = options.probability

    def __call__(self, images: Tensor) -> Tensor:
        """Mirror some of the images (N, C, H, W)."""
        mirrored = torch.rand(len(images), 1, 1, 1, device=images.device) < self._probability
        return torch.where(mirrored, images.flip(3), images)
