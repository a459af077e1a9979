"""Features of pictures without training: fixed random convolutions."""

import torch
import torch.nn.functional as F
from torch import Tensor

LAYERS = 4
SEED = 20200223


class RandomLayers:
    """Four random 3 x 3 convolutions with stride 2; the mean and spread of every channel.

    Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models", section 4:
    random embeddings tell sets of pictures apart where no trained network fits them.

    Args:
        width: Channels of the first layer; each next has twice as many.
        channels: Of the pictures.
        device: Where the pictures are.
    """

    def __init__(self, width: int = 32, channels: int = 3, device: str = "cpu") -> None:
        key = torch.Generator().manual_seed(SEED)
        self._weights = []
        for layer in range(LAYERS):
            weight = torch.empty(width << layer, channels, 3, 3)
            torch.nn.init.orthogonal_(weight, gain=2**0.5, generator=key)
            self._weights.append(weight.to(device))
            channels = width << layer

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Give features (N, D) of images (N, C, H, W) in [-1, 1]."""
        features = []
        for weight in self._weights:
            stride = 2 if min(images.shape[2:]) >= 4 else 1
            images = F.relu(F.conv2d(images, weight, stride=stride, padding=1))
            flat = images.flatten(2)
            features += [flat.mean(2), flat.std(2, unbiased=False)]
        return torch.cat(features, dim=1)
