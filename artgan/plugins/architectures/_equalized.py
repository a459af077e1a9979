"""Layers that wrap around, learn at an equal rate, or look at a batch."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from artgan.plugin import ArchContext, Sizes

GROUP = 4
"""Pictures of which the deviation is measured together."""


def widths(context: ArchContext, base: int, most: int) -> list[int]:
    """List channels from the coarsest features to ``base`` at full size, never over ``most``."""
    halvings = Sizes(coarsest=4).halvings(context.height, context.width)
    return [min(base * 2**level, most) for level in reversed(range(halvings + 1))]


def wrapped(x: Tensor, margin: int) -> Tensor:
    """Pad height and width of features (N, C, H, W) with what lies at the other edge."""
    x = torch.cat([x[:, :, -margin:], x, x[:, :, :margin]], 2)
    return torch.cat([x[:, :, :, -margin:], x, x[:, :, :, :margin]], 3)


def doubled(x: Tensor, wraps: bool) -> Tensor:
    """Double height and width of features (N, C, H, W) by linear interpolation."""
    if not wraps:
        return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
    return doubled(wrapped(x, 1), wraps=False)[:, :, 2:-2, 2:-2]


class EqualizedLinear(nn.Module):
    """A dense layer whose weights start at deviation 1 and are scaled when they are used.

    Adam moves all weights by about the same; so each layer learns at the same rate whatever its
    size. Karras et al. 2018, "Progressive Growing of GANs", section 4.1.

    Args:
        before: Numbers that go in.
        after: Numbers that come out.
        gain: Deviation of the output for inputs of deviation 1, at the start.
        bias: Where the bias starts.
        rate: Learning rate as a share of that of other layers.
    """

    def __init__(
        self, before: int, after: int, *, gain: float = 1.0, bias: float = 0.0, rate: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before) / rate)
        self.bias = nn.Parameter(torch.full((after,), bias / rate))
        self.scale, self.rate = gain * rate / math.sqrt(before), rate

    def forward(self, x: Tensor) -> Tensor:
        """Give (N, after) for (N, before)."""
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualizedConv2d(nn.Module):
    """A convolution at an equal learning rate, as ``EqualizedLinear``.

    An odd kernel keeps the size, one of 4 with a stride of 2 halves it.
    """

    def __init__(
        self,
        before: int,
        after: int,
        kernel: int,
        *,
        stride: int = 1,
        gain: float = 1.0,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(after))
        self.scale = gain / math.sqrt(before * kernel * kernel)
        self.stride, self.margin = stride, (kernel - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        """Give features (N, after, H', W') for (N, before, H, W)."""
        weight = self.weight * self.scale
        return F.conv2d(x, weight, self.bias, self.stride, self.margin)


class MinibatchStddev(nn.Module):
    """Adds a channel that tells how much pictures of a group differ: a collapse is seen at once.

    Karras et al. 2018, "Progressive Growing of GANs", section 3.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Give features (N, C + 1, H, W) for (N, C, H, W)."""
        count, channels, height, width = x.shape
        group = next(size for size in range(min(GROUP, count), 0, -1) if count % size == 0)
        grouped = x.float().reshape(group, count // group, channels, height, width)
        variance = grouped.var(0, unbiased=False)
        deviation = (variance + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
        return torch.cat([x, deviation.repeat(group, 1, height, width).to(x.dtype)], 1)


class Wrapping(nn.Conv2d):
    """A convolution that sees the other edge beyond an edge."""

    def forward(self, x: Tensor) -> Tensor:
        """Give features (N, after, H', W') for (N, before, H, W)."""
        margin = int(self.padding[0])
        return F.conv2d(wrapped(x, margin), self.weight, self.bias, self.stride, groups=self.groups)


def convolution(before: int, after: int, kernel: int, *, wraps: bool, **facts: int) -> nn.Conv2d:
    """Give a convolution that sees zeros, or the other edge, beyond an edge."""
    kind = Wrapping if wraps and facts.get("padding") else nn.Conv2d
    return kind(before, after, kernel, **facts)  # type: ignore[arg-type]


class WrappingTransposed(nn.ConvTranspose2d):
    """A transposed convolution that sees the other edge beyond an edge; sizes are as without."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Give features (N, after, H', W') for (N, before, H, W)."""
        kernel, stride, padding = self.kernel_size[0], self.stride[0], int(self.padding[0])
        reach = max(kernel - 1 - padding + int(self.output_padding[0]), padding, 1)
        margin = -(-reach // stride)
        return F.conv_transpose2d(
            wrapped(x, margin),
            self.weight,
            self.bias,
            self.stride,
            padding + stride * margin,
            self.output_padding,
        )


def transposed(
    before: int, after: int, kernel: int, *, wraps: bool, **facts: int
) -> nn.ConvTranspose2d:
    """Give a transposed convolution that sees zeros, or the other edge, beyond an edge."""
    kind = WrappingTransposed if wraps else nn.ConvTranspose2d
    return kind(before, after, kernel, **facts)  # type: ignore[arg-type]
