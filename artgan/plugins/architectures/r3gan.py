"""R3GAN: residual networks without normalization, for relativistic pairs with R1 and R2.

Huang et al. 2024, "The GAN is dead; long live the GAN! A Modern Baseline GAN". From it: a learned
4 x 4 basis weighted by a linear map of the latents; two residual blocks of each size, which widen
by 1 x 1, convolve in groups by 3 x 3 and narrow by 1 x 1 (section 4.2, as in ResNeXt); no
normalization, but first weights that are smaller the more blocks there are, and 0 in the last layer
of each block (Fixup: Zhang et al. 2019); [1, 2, 1] filters where the size changes; labels joined to
the latents, and a projection in the discriminator.

It differs by a tanh at the end, since images of artgan lie in [-1, 1]; near 0, where training
starts, it changes little. The basis of pictures that are not square is not square either.
"""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from artgan.plugin import ArchContext
from artgan.plugins.architectures import R3ganOptions
from artgan.plugins.architectures._layers import (
    add_projection,
    convolution,
    doubled,
    widths,
    wrapped,
)

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))
LAYERS_OF_A_BLOCK = 3
HALVING = (1 / 8, 3 / 8, 3 / 8, 1 / 8)
"""The filter [1, 2, 1] / 4 followed by the mean of two, as one filter."""


class Block(nn.Module):
    """A residual block: widen, convolve in groups, narrow."""

    def __init__(self, channels: int, options: R3ganOptions, blocks: int, wraps: bool) -> None:
        super().__init__()
        wide = 2 * channels
        groups = max(1, wide // options.group_channels)
        groups = next(count for count in range(groups, 0, -1) if wide % count == 0)
        self.widen = nn.Conv2d(channels, wide, 1)
        self.look = convolution(wide, wide, 3, wraps=wraps, padding=1, groups=groups)
        self.back = nn.Conv2d(wide, channels, 1, bias=False)
        # Zhang et al. 2019, section 4: blocks^(-1 / (2 layers - 2)); the last layer starts at 0.
        small = GAIN * blocks ** (-1 / (2 * LAYERS_OF_A_BLOCK - 2))
        scale_weights(self.widen, small)
        scale_weights(self.look, small)
        nn.init.zeros_(self.back.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to features of the same shape."""
        y = F.leaky_relu(self.widen(x), SLOPE)
        y = F.leaky_relu(self.look(y), SLOPE)
        summed: Tensor = x + self.back(y)
        return summed


class Resample(nn.Module):
    """Doubles or halves the size with a [1, 2, 1] filter, and changes the channels."""

    def __init__(self, before: int, after: int, *, grows: bool, wraps: bool) -> None:
        super().__init__()
        self.grows, self.wraps = grows, wraps
        self.channels = nn.Conv2d(before, after, 1, bias=False) if before != after else None
        if self.channels is not None:
            scale_weights(self.channels, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C', 2 H, 2 W) or (N, C', H / 2, W / 2)."""
        # The cheaper order is to resize at the smaller number of channels or places. Repeating
        # each place and then filtering equals linear interpolation.
        if self.grows:
            return doubled(x if self.channels is None else self.channels(x), self.wraps)
        x = halved(x, self.wraps)
        return x if self.channels is None else self.channels(x)


def halved(x: Tensor, wraps: bool) -> Tensor:
    """Blur features (N, C, H, W) with [1, 2, 1] along both axes and average 2 x 2 places.

    Both are done by one convolution; edges are repeated or wrap.
    """
    x = wrapped(x, 1) if wraps else F.pad(x, (1, 1, 1, 1), mode="replicate")
    channels = x.shape[1]
    line = x.new_tensor(HALVING)
    kernel = torch.outer(line, line).expand(channels, 1, 4, 4)
    return F.conv2d(x, kernel, stride=2, groups=channels)


def scale_weights(layer: nn.Conv2d | nn.Linear, gain: float) -> None:
    """Draw weights that multiply the deviation of the input by ``gain``; biases start at 0."""
    fan_in = layer.weight[0].numel()
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(fan_in))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def stage(channels: int, options: R3ganOptions, blocks: int, wraps: bool) -> list[nn.Module]:
    """Build the residual blocks of one size."""
    return [Block(channels, options, blocks, wraps) for _ in range(options.blocks)]


class R3ganGenerator(nn.Module):
    """Latents to pictures: a basis, then blocks and a doubling for each size."""

    def __init__(self, context: ArchContext, options: R3ganOptions) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)
        scale, wraps = 2 ** (len(channels) - 1), options.tileable
        blocks = options.blocks * len(channels)
        self.latent_shape = (options.latent_size,)
        self.basis = nn.Parameter(
            torch.randn(channels[0], context.height // scale, context.width // scale)
        )
        named = options.label_size if context.classes else 0
        self.labels = nn.Embedding(context.classes, named) if named else None
        self.weights = nn.Linear(options.latent_size + named, channels[0], bias=False)
        scale_weights(self.weights, 1.0)
        layers = stage(channels[0], options, blocks, wraps)
        for before, after in pairwise(channels):
            layers.append(Resample(before, after, grows=True, wraps=wraps))
            layers += stage(after, options, blocks, wraps)
        self.body = nn.Sequential(*layers)
        self.picture = nn.Conv2d(channels[-1], context.channels, 1)
        scale_weights(self.picture, 1.0)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
        if self.labels is not None:
            latents = torch.cat([latents, self.labels(labels)], 1)
        x = self.basis * self.weights(latents)[:, :, None, None]
        x = x.contiguous(memory_format=torch.channels_last)
        return torch.tanh(self.picture(self.body(x)))


class R3ganDiscriminator(nn.Module):
    """Pictures to logits: the generator's layers in reverse, then a convolution over all places."""

    def __init__(self, context: ArchContext, options: R3ganOptions) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)[::-1]
        blocks = options.blocks * len(channels)
        first = nn.Conv2d(context.channels, channels[0], 1)
        scale_weights(first, 1.0)
        layers: list[nn.Module] = [first, *stage(channels[0], options, blocks, wraps=False)]
        for before, after in pairwise(channels):
            layers.append(Resample(before, after, grows=False, wraps=False))
            layers += stage(after, options, blocks, wraps=False)
        self.body = nn.Sequential(*layers)
        deep, scale = channels[-1], 2 ** (len(channels) - 1)
        places = (context.height // scale, context.width // scale)
        self.collect = nn.Conv2d(deep, deep, places, groups=deep, bias=False)
        scale_weights(self.collect, 1.0)
        self.score = nn.Linear(deep, 1)
        scale_weights(self.score, 1.0)
        self.labels = nn.Embedding(context.classes, deep) if context.classes else None
        if self.labels is not None:
            nn.init.normal_(self.labels.weight, 0.0, 1 / math.sqrt(deep))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = self.collect(self.body(images)).flatten(1)
        return add_projection(self.score(x).squeeze(1), self.labels, labels, x)
