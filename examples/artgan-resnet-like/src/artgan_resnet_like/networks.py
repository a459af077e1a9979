"""Residual networks for GANs, after Miyato et al. 2018, "Spectral normalization", appendix B.4.

Two things differ. Group norm replaces batch norm, so that a picture does not depend on the others
of its batch. The discriminator has no norm at all, since its loss comes with an R1 penalty.
"""

from itertools import pairwise

import torch
from artgan.plugin import ArchContext
from torch import Tensor, nn

from artgan_resnet_like import SIZES, ResidualOptions

GROUPS = 4
SLOPE = 0.2


def widths(context: ArchContext, options: ResidualOptions) -> list[int]:
    """List the channels of each size, full size first."""
    levels = SIZES.halvings(context.height, context.width) + 1
    wide = [options.base_channels * 2**level for level in range(levels)]
    return [min(width, max(options.max_channels, options.base_channels)) for width in wide]


def norm(channels: int) -> nn.Module:
    """Build a normalization that does not mix pictures."""
    return nn.GroupNorm(GROUPS if channels % GROUPS == 0 else 1, channels)


class GeneratorBlock(nn.Module):
    """Doubles height and width; the skip path only enlarges."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(before, after, 1)
        self.first_norm, self.second_norm = norm(before), norm(after)
        self.first = nn.Conv2d(before, after, 3, padding=1)
        self.second = nn.Conv2d(after, after, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, before, H, W) to (N, after, 2 H, 2 W)."""
        y = nn.functional.interpolate(self.first_norm(x).relu(), scale_factor=2.0)
        y = self.second(self.second_norm(self.first(y)).relu())
        enlarged: Tensor = nn.functional.interpolate(self.skip(x), scale_factor=2.0) + y
        return enlarged


class Generator(nn.Module):
    """Latents to pictures: dense, then a block for each doubling, then tanh."""

    def __init__(self, context: ArchContext, options: ResidualOptions) -> None:
        super().__init__()
        channels = widths(context, options)[::-1]
        scale = 2 ** (len(channels) - 1)
        self.latent_shape = (options.latent_size,)
        self.coarse = (channels[0], context.height // scale, context.width // scale)
        features = self.coarse[0] * self.coarse[1] * self.coarse[2]
        self.dense = nn.Linear(options.latent_size, features)
        self.labels = nn.Embedding(context.classes, features) if context.classes else None
        self.blocks = nn.Sequential(*(GeneratorBlock(a, b) for a, b in pairwise(channels)))
        self.last_norm = norm(channels[-1])
        self.last = nn.Conv2d(channels[-1], context.channels, 3, padding=1)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
        x = self.dense(latents)
        if self.labels is not None:
            x = x + self.labels(labels)
        x = self.blocks(x.view(-1, *self.coarse))
        return torch.tanh(self.last(self.last_norm(x).relu()))


class DiscriminatorBlock(nn.Module):
    """Halves height and width; the skip path only shrinks."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(before, after, 1, bias=False)
        self.first = nn.Conv2d(before, before, 3, padding=1)
        self.second = nn.Conv2d(before, after, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, before, H, W) to (N, after, H / 2, W / 2)."""
        y = nn.functional.leaky_relu(self.first(nn.functional.leaky_relu(x, SLOPE)), SLOPE)
        pooled: Tensor = nn.functional.avg_pool2d(self.second(y), 2)
        skipped: Tensor = self.skip(nn.functional.avg_pool2d(x, 2))
        return pooled + skipped


class Discriminator(nn.Module):
    """Pictures to logits: a block for each halving, then a weighted sum of all features."""

    def __init__(self, context: ArchContext, options: ResidualOptions) -> None:
        super().__init__()
        channels = widths(context, options)
        scale = 2 ** (len(channels) - 1)
        features = channels[-1] * (context.height // scale) * (context.width // scale)
        self.first = nn.Conv2d(context.channels, channels[0], 3, padding=1)
        self.blocks = nn.Sequential(*(DiscriminatorBlock(a, b) for a, b in pairwise(channels)))
        self.score = nn.Linear(features, 1)
        self.labels = nn.Embedding(context.classes, features) if context.classes else None

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = nn.functional.leaky_relu(self.blocks(self.first(images)), SLOPE).flatten(1)
        logits: Tensor = self.score(x).squeeze(1)
        if self.labels is not None:
            # Projection (Miyato and Koyama 2018); the root keeps the size of logits comparable.
            logits = logits + (self.labels(labels) * x).sum(1) / x.shape[1] ** 0.5
        return logits
