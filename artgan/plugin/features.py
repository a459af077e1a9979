"""Features of pictures from fixed random convolutions, without any training."""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

LAYERS = 4
SEED = 20200223


@cache
def _drawn(width: int, channels: int) -> list[Tensor]:
    """Draw the weights of all layers; they are the same for every checkpoint of a run."""
    key = torch.Generator().manual_seed(SEED)
    drawn = []
    for layer in range(LAYERS):
        weight = torch.empty(width << layer, channels, 3, 3)
        torch.nn.init.orthogonal_(weight, gain=2**0.5, generator=key)
        drawn.append(weight)
        channels = width << layer
    return drawn


class RandomLayers:
    """Mean and standard deviation of every channel of four random 3 x 3 convolutions.

    The convolutions have stride 2. Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for
    Generative Models", section 4: random embeddings distinguish sets of pictures for which there is
    no suitable trained network.

    Args:
        width: Channels of the first layer; each next one has twice as many.
        channels: Channels of the pictures.
        device: Device of the pictures.
    """

    def __init__(self, width: int = 32, channels: int = 3, device: str = "cpu") -> None:
        self._weights = [weight.to(device) for weight in _drawn(width, channels)]

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Compute features (N, D) of images (N, C, H, W) in [-1, 1]."""
        features = []
        for weight in self._weights:
            stride = 2 if min(images.shape[2:]) >= 4 else 1
            images = F.relu(F.conv2d(images, weight, stride=stride, padding=1))
            flat = images.flatten(2)
            features += [flat.mean(2), flat.std(2, unbiased=False)]
        return torch.cat(features, dim=1)
