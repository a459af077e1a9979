"""Layers and weights that several architectures share."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from artgan.plugin import ArchContext, Sizes
from artgan.plugin.ranks import gather, own

GROUP = 4
"""Number of pictures over which a deviation is computed."""


def widths(context: ArchContext, base: int, most: int, *, full_size: bool = True) -> list[int]:
    """List the channels of each size, coarsest first: ``base`` doubles up to ``most``.

    The finest features have the picture's size, or without ``full_size`` half of it.
    """
    halvings = Sizes(coarsest=4).halvings(context.height, context.width)
    return [min(base * 2**level, most) for level in reversed(range(halvings + full_size))]


def start_weights(module: nn.Module) -> None:
    """Draw weights from N(0, 0.02) and set biases to 0 (Radford et al. 2015, section 4)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]


def add_projection(
    logits: Tensor, embedding: nn.Module | None, labels: Tensor | None, features: Tensor
) -> Tensor:
    """Add to logits (N,) how well features (N, D) fit their labels (N,), if there are labels.

    Miyato and Koyama 2018, "cGANs with Projection Discriminator", section 3.
    """
    return logits if embedding is None else logits + (embedding(labels) * features).sum(1)


def wrapped(x: Tensor, margin: int) -> Tensor:
    """Pad height and width of features (N, C, H, W) with those at the opposite edge."""
    x = torch.cat([x[:, :, -margin:], x, x[:, :, :margin]], 2)
    return torch.cat([x[:, :, :, -margin:], x, x[:, :, :, :margin]], 3)


def doubled(x: Tensor, wraps: bool) -> Tensor:
    """Double height and width of features (N, C, H, W) by linear interpolation."""
    if not wraps:
        return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
    return doubled(wrapped(x, 1), wraps=False)[:, :, 2:-2, 2:-2]


class EqualizedLinear(nn.Module):
    """A dense layer whose weights start at deviation 1 and are scaled when they are used.

    Adam changes all weights by about the same amount, so layers of any size learn at the same rate.
    Karras et al. 2018, "Progressive Growing of GANs", section 4.1.

    Args:
        before: Number of inputs.
        after: Number of outputs.
        gain: First deviation of the output, for inputs of deviation 1.
        bias: First value of the bias.
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
        """Map (N, before) to (N, after)."""
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualizedConv2d(nn.Module):
    """A convolution with an equalized learning rate, as in ``EqualizedLinear``.

    An odd kernel keeps the size; a kernel of 4 with a stride of 2 halves it.
    """

    def __init__(
        self, before: int, after: int, kernel: int, *, stride: int = 1, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(after))
        self.scale = gain / math.sqrt(before * kernel * kernel)
        self.stride, self.margin = stride, (kernel - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (N, before, H, W) to (N, after, H', W')."""
        weight = self.weight * self.scale
        return F.conv2d(x, weight, self.bias, self.stride, self.margin)


class MinibatchStddev(nn.Module):
    """Adds a channel with the standard deviation over a group of pictures, which shows a collapse.

    Karras et al. 2018, "Progressive Growing of GANs", section 3.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C + 1, H, W)."""
        seen = gather(x.float())
        count, channels, height, width = seen.shape
        group = next(size for size in range(min(GROUP, count), 0, -1) if count % size == 0)
        grouped = seen.reshape(group, count // group, channels, height, width)
        variance = grouped.var(0, unbiased=False)
        deviation = (variance + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
        of_each = own(deviation.repeat(group, 1, height, width))
        return torch.cat([x, of_each.to(x.dtype)], 1)


class Wrapping(nn.Conv2d):
    """A convolution whose padding wraps around."""

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (N, before, H, W) to (N, after, H', W')."""
        margin = int(self.padding[0])
        return F.conv2d(wrapped(x, margin), self.weight, self.bias, self.stride, groups=self.groups)


def convolution(before: int, after: int, kernel: int, *, wraps: bool, **facts: int) -> nn.Conv2d:
    """Build a convolution whose padding is zero, or wraps around."""
    kind = Wrapping if wraps and facts.get("padding") else nn.Conv2d
    return kind(before, after, kernel, **facts)  # type: ignore[arg-type]


class WrappingTransposed(nn.ConvTranspose2d):
    """A transposed convolution that wraps around; sizes are the same as without wrapping."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve (N, before, H, W) to (N, after, H', W')."""
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
    """Build a transposed convolution beyond whose edges lie zeros, or the opposite edge."""
    kind = WrappingTransposed if wraps else nn.ConvTranspose2d
    return kind(before, after, kernel, **facts)  # type: ignore[arg-type]


class SmoothedTransposed(nn.ConvTranspose2d):
    """A transposed convolution that doubles the size and leaves no checkerboard.

    A stride of 2 puts a zero between two features, and only a kernel that averages neighbours wipes
    out the pattern which that makes (Odena et al. 2016, "Deconvolution and Checkerboard
    Artifacts"). So the 3 x 3 weights that are learnt are blurred by [1, 1] both ways: every pixel
    gets the same sum of weights, at the price of a plain kernel of 4 x 4.

    Args:
        before: Channels of the features.
        after: Channels of the result.
        wraps: Whether the opposite edge lies beyond an edge, instead of zeros.
    """

    def __init__(self, before: int, after: int, *, wraps: bool = False) -> None:
        super().__init__(before, after, 3, stride=2)
        self.wraps = wraps

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Map features (N, before, H, W) to (N, after, 2 H, 2 W)."""
        blurred = F.pad(self.weight, (0, 0, 0, 1)) + F.pad(self.weight, (0, 0, 1, 0))
        blurred = F.pad(blurred, (0, 1)) + F.pad(blurred, (1, 0))
        # 36 products of 9 weights have the strength of 16 weights that are drawn one by one.
        weight = 2 / 3 * blurred
        x, padding = (wrapped(x, 1), 3) if self.wraps else (x, 1)
        return F.conv_transpose2d(x, weight, self.bias, 2, padding)
