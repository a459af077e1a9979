"""StyleGAN2: a style code, computed from the latents, controls every layer of the generator.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN": a mapping network from
latents to styles, convolutions whose inputs are scaled by the style and whose outputs are scaled
back to unit variance (section 2.2), noise at every place, pictures added up over the sizes and a
residual discriminator (section 3.2). Equalized learning rate and minibatch deviation come from
Karras et al. 2018, "Progressive Growing of GANs", sections 4.1 and 3; labels by projection from
Karras et al. 2020, "Training GANs with Limited Data", appendix.

It differs to be quick on a laptop. A modulated convolution scales its inputs and outputs instead of
the weights, which has the same result and lets all pictures of a batch share one convolution.
Features are interpolated before a convolution that doubles the size, and halved by a stride.
Pictures end in tanh: the paper leaves them unbounded, but images here lie in [-1, 1], and a clamp
would have no gradient beyond its bounds.

Noise is new at every step of training. In sampling, a seed must always make the same picture and a
film must not flicker; yet with the same noise in all pictures, textures looked alike, since grain
is most of them. So each layer holds several fields of noise, and a picture mixes them by a few of
its latents. The style code carries these latents unchanged, so code that moves, mixes or truncates
styles need not treat them apart.
"""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from artgan.plugin import ArchContext
from artgan.plugin.ranks import gather
from artgan.plugins.architectures import Stylegan2Options
from artgan.plugins.architectures._layers import (
    EqualizedConv2d,
    EqualizedLinear,
    MinibatchStddev,
    doubled,
    widths,
    wrapped,
)

SLOPE = 0.2
GAIN = math.sqrt(2)
"""Gain of a layer that keeps the variance through a leaky ReLU."""
SHARE = 0.5
"""Factor of each size's part of the picture, so that training starts where tanh is steep."""
MAPPING_RATE = 0.01
MEAN_DECAY = 0.995
EPSILON = 1e-8
GRAINS = 8
"""Largest number of latents that the style carries to mix the noise."""
COMMON_GRAIN = 0.1
"""Weight of a field that all pictures share, so that the mean style has grain too."""


def unit_size(x: Tensor) -> Tensor:
    """Scale each row of (N, D) to a mean square of 1."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + EPSILON)


def grains(options: Stylegan2Options) -> int:
    """Count the latents that mix the noise."""
    return min(GRAINS, options.latent_size) if options.noise else 0


def style_width(options: Stylegan2Options) -> int:
    """Compute the length of a style: the learned part and the latents that mix the noise."""
    return options.style_size + grains(options)


class MappingNetwork(nn.Module):
    """Latents and labels to one style (N, W)."""

    def __init__(self, context: ArchContext, options: Stylegan2Options) -> None:
        super().__init__()
        size = options.style_size
        self.labels = nn.Embedding(context.classes, size) if context.classes else None
        self.grains = grains(options)
        before = options.latent_size + (size if context.classes else 0)
        ends = [before, *[size] * options.mapping_layers]
        self.layers = nn.ModuleList(
            EqualizedLinear(a, b, gain=GAIN, rate=MAPPING_RATE) for a, b in pairwise(ends)
        )

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to styles (N, W)."""
        latents = x = unit_size(latents)
        if self.labels is not None:
            x = torch.cat([x, unit_size(self.labels(labels))], 1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), SLOPE)
        return torch.cat([x, latents[:, : self.grains].to(x.dtype)], 1)


class Modulated(nn.Module):
    """A convolution whose input channels are scaled by a style.

    Equations 1 and 3 of the paper, with the scales on inputs and outputs instead of the weights.
    """

    def __init__(
        self, before: int, after: int, kernel: int, styles: int, *, wraps: bool, grows: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before, kernel, kernel))
        self.scale = EqualizedLinear(styles, before, bias=1.0)
        self.gain = 1 / math.sqrt(before * kernel * kernel)
        self.wraps, self.grows, self.margin = wraps, grows, (kernel - 1) // 2

    def forward(self, x: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve features; also compute the factors (N, C) that bring them to unit variance."""
        scale = self.scale(style) * self.gain
        x = x * scale[:, :, None, None].to(x.dtype)
        # The inverse of the output's deviation, if inputs are independent and of unit variance.
        squares = self.weight.square().sum((2, 3)).t()
        factor = torch.rsqrt(scale.square() @ squares + EPSILON)
        return self._convolve(x), factor

    def _convolve(self, x: Tensor) -> Tensor:
        if self.grows:
            x = doubled(x, self.wraps)
        if self.wraps and self.margin:
            return F.conv2d(wrapped(x, self.margin), self.weight)
        return F.conv2d(x, self.weight, padding=self.margin)


class StyledLayer(nn.Module):
    """Modulated convolution, unit variance, noise, bias and a leaky ReLU."""

    def __init__(
        self,
        before: int,
        after: int,
        size: tuple[int, int],
        options: Stylegan2Options,
        *,
        grows: bool = False,
    ) -> None:
        super().__init__()
        self.convolution = Modulated(
            before, after, 3, style_width(options),
            wraps=options.tileable, grows=grows,
        )  # fmt: skip
        self.bias = nn.Parameter(torch.zeros(after))
        self.strength = nn.Parameter(torch.zeros(())) if options.noise else None
        if options.noise:
            self.register_buffer("noise", torch.randn(grains(options) + 1, *size))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Map features (N, C, H, W) and a style (N, W) to features (N, C', H', W')."""
        x, factor = self.convolution(x, style)
        x = x * (factor * GAIN)[:, :, None, None].to(x.dtype)
        offset = self.bias[:, None, None]
        if self.strength is not None:
            offset = offset + self._noise(x, style) * self.strength
        return F.leaky_relu(x + offset.to(x.dtype), SLOPE)

    def _noise(self, x: Tensor, style: Tensor) -> Tensor:
        """Draw noise (N, 1, H, W): new in training, otherwise the same for the same style."""
        if self.training:
            return torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device)
        fields: Tensor = self.noise  # type: ignore[assignment]
        shares = F.pad(style[:, -(len(fields) - 1) :].float(), (0, 1), value=COMMON_GRAIN)
        # Scaled so that the mixture has the deviation of one field.
        shares = unit_size(shares) / math.sqrt(len(fields))
        return (shares @ fields.flatten(1)).view(-1, 1, *fields.shape[1:])


class ToPicture(nn.Module):
    """Features to the part of the picture at one size."""

    def __init__(self, before: int, channels: int, options: Stylegan2Options) -> None:
        super().__init__()
        self.convolution = Modulated(before, channels, 1, style_width(options), wraps=False)
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Map features and a style (N, W) to a part of the picture (N, C, H, W)."""
        # Not scaled to unit variance: the style may decide how strong the part is.
        x, _ = self.convolution(x, style)
        return x * SHARE + self.bias[:, None, None].to(x.dtype)


class Stylegan2Generator(nn.Module):
    """Latents to styles to pictures.

    Attributes:
        style_mean: Running mean of the styles (W,), towards which styles are truncated.
        layers: Number of layers L, each with a style of its own.
    """

    style_mean: Tensor

    def __init__(self, context: ArchContext, options: Stylegan2Options) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)
        self.latent_shape = (options.latent_size,)
        self.mixing, self.wraps = options.mixing, options.tileable
        self.to_style = MappingNetwork(context, options)
        self.register_buffer("style_mean", torch.zeros(style_width(options)))
        scale = 2 ** (len(channels) - 1)
        size = (context.height // scale, context.width // scale)
        self.start = nn.Parameter(torch.randn(1, channels[0], *size))
        convolutions = [StyledLayer(channels[0], channels[0], size, options)]
        for level, after in enumerate(channels[1:], 1):
            size = (context.height * 2**level // scale, context.width * 2**level // scale)
            convolutions.append(StyledLayer(channels[level - 1], after, size, options, grows=True))
            convolutions.append(StyledLayer(after, after, size, options))
        self.convolutions = nn.ModuleList(convolutions)
        self.pictures = nn.ModuleList(ToPicture(c, context.channels, options) for c in channels)
        self.layers = len(convolutions) + 1

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
        return self.synthesis(self.mapping(latents, labels))

    def mapping(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents to styles (N, L, W): one for all layers, but mixed in training."""
        style: Tensor = self.to_style(latents, labels)
        styles = style[:, None].expand(-1, self.layers, -1)
        if not self.training:
            return styles
        with torch.no_grad():
            self.style_mean.lerp_(gather(style.float()).mean(0), 1 - MEAN_DECAY)
        return self._mixed(styles, labels) if self.mixing else styles

    def _mixed(self, styles: Tensor, labels: Tensor | None) -> Tensor:
        """Replace the style of some pictures from a random layer on (style mixing)."""
        count, device = len(styles), styles.device
        latents = torch.randn(count, *self.latent_shape, device=device)
        other = self.to_style(latents, labels)[:, None]
        first = torch.randint(1, self.layers, (count, 1), device=device)
        kept = torch.rand(count, 1, device=device) >= self.mixing
        same = kept | (torch.arange(self.layers, device=device) < first)
        return torch.where(same[:, :, None], styles, other)

    def synthesis(self, styles: Tensor) -> Tensor:
        """Map styles (N, L, W) to images (N, C, H, W) in [-1, 1]."""
        x = self.start.expand(styles.shape[0], -1, -1, -1)
        x = self.convolutions[0](x, styles[:, 0])
        picture = self.pictures[0](x, styles[:, 1])
        for level in range(1, len(self.pictures)):
            place = 2 * level - 1
            x = self.convolutions[place](x, styles[:, place])
            x = self.convolutions[place + 1](x, styles[:, place + 1])
            part = self.pictures[level](x, styles[:, place + 2])
            picture = doubled(picture, self.wraps) + part
        return torch.tanh(picture)


class ResidualHalving(nn.Module):
    """A residual block to half of height and width: two convolutions and a skip path."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.same = EqualizedConv2d(before, before, 3, gain=GAIN)
        self.halve = EqualizedConv2d(before, after, 4, stride=2, gain=GAIN)
        self.straight = EqualizedConv2d(before, after, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C', H / 2, W / 2)."""
        y = F.leaky_relu(self.same(x), SLOPE)
        y = F.leaky_relu(self.halve(y), SLOPE)
        # Divided by the root of 2, the sum of two independent parts keeps unit variance.
        straight: Tensor = self.straight(F.avg_pool2d(x, 2))
        return (y + straight) / GAIN


class Stylegan2Discriminator(nn.Module):
    """Pictures to logits, one halving after the other."""

    def __init__(self, context: ArchContext, options: Stylegan2Options) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)[::-1]
        self.first = EqualizedConv2d(context.channels, channels[0], 1, gain=GAIN)
        self.halvings = nn.ModuleList(ResidualHalving(a, b) for a, b in pairwise(channels))
        deep, scale = channels[-1], 2 ** (len(channels) - 1)
        self.deviation = MinibatchStddev()
        self.last = EqualizedConv2d(deep + 1, deep, 3, gain=GAIN)
        places = (context.height // scale) * (context.width // scale)
        self.dense = EqualizedLinear(deep * places, deep, gain=GAIN)
        self.score = EqualizedLinear(deep, 1)
        self.labels = nn.Embedding(context.classes, deep) if context.classes else None

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = F.leaky_relu(self.first(images), SLOPE)
        for halving in self.halvings:
            x = halving(x)
        x = F.leaky_relu(self.last(self.deviation(x)), SLOPE)
        x = F.leaky_relu(self.dense(x.flatten(1)), SLOPE)
        logits: Tensor = self.score(x).squeeze(1)
        if self.labels is not None:
            logits = logits + (self.labels(labels) * x).sum(1) / math.sqrt(x.shape[1])
        return logits
