"""Features without training: fixed random convolutions, averaged over the picture.

Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models", section 4:
random embeddings tell sets of pictures apart where no trained network fits them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugins.extractors import RandomOptions

LAYERS = 4
SEED = 20200223


class RandomLayers:
    """Four random 3 x 3 convolutions with stride 2; the mean and spread of every channel."""

    def __init__(self, options: RandomOptions, device: str) -> None:
        key = torch.Generator().manual_seed(SEED)
        self._weights = []
        channels = 3
        for layer in range(LAYERS):
            width = options.width << layer
            weight = torch.empty(width, channels, 3, 3)
            torch.nn.init.orthogonal_(weight, gain=2**0.5, generator=key)
            self._weights.append(weight.to(device))
            channels = width

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Give features (N, D) of images (N, 3, H, W) in [-1, 1]."""
        features = []
        for weight in self._weights:
            stride = 2 if min(images.shape[2:]) >= 4 else 1
            images = F.relu(F.conv2d(images, weight, stride=stride, padding=1))
            flat = images.flatten(2)
            features += [flat.mean(2), flat.std(2, unbiased=False)]
        return torch.cat(features, dim=1)
