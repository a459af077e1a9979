"""FastGAN: for few pictures with many pixels.

Liu et al. 2021, "Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image
Synthesis". The generator's coarse features gate its fine ones (section 3.1). The discriminator also
learns to rebuild real pictures from its features, which keeps it from recognizing a few pictures by
some detail (section 3.2).

It differs from the paper. The generator has no spectral norm, since batch norm follows each of its
layers but the last and undoes any scale. The discriminator returns one logit, the mean of those of
all places. Rebuilt pictures are compared pixel by pixel, which needs no further network. Sizes
below 64 have one gate, from the coarsest features to the finest.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from artgan.plugin import ArchContext
from artgan.plugins.architectures import FastganOptions
from artgan.plugins.architectures._layers import add_projection, convolution, start_weights, widths

SLOPE = 0.2
SKIPPED = 4
"""Number of doublings from the features that gate to those that are gated."""
MOST_DOUBLINGS = 4
"""Most doublings of a decoder: 8 x 8 features become 128 x 128 pixels."""
SMALL_SIDE = 128
"""Shorter side of the small copy that is judged too, of pictures at least twice as large."""


def build_discriminator(context: ArchContext, options: FastganOptions) -> nn.Module:
    """Build the discriminator, with decoders if it rebuilds pictures."""
    return (Rebuilder if options.rebuilding else FastganDiscriminator)(context, options)


class Noise(nn.Module):
    """Adds noise with a learned strength: new in training, otherwise always the same."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("fixed", torch.randn(1, 1, *size))

    def forward(self, x: Tensor) -> Tensor:
        """Add noise to features (N, C, H, W)."""
        noise: Tensor = self.fixed  # type: ignore[assignment]
        if self.training:
            noise = torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device)
        return x + (self.strength * noise).to(x.dtype)


class Gate(nn.Module):
    """Skip-layer excitation: the coarse features decide a factor for each fine channel.

    Equation 1 of the paper: pooling, a convolution over all places, Swish, a 1 x 1 convolution.
    """

    def __init__(self, before: int, after: int, coarse: tuple[int, int], pooled: int) -> None:
        super().__init__()
        self.pooled = pooled
        self.places = nn.Conv2d(before, after, coarse)
        self.channels = nn.Conv2d(after, after, 1)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """Scale each channel of the fine features (N, C, H, W) by the coarse features."""
        x = coarse if self.pooled == 1 else F.avg_pool2d(coarse, self.pooled)
        return fine * torch.sigmoid(self.channels(F.silu(self.places(x))))


def growing(
    before: int, after: int, size: tuple[int, int], options: FastganOptions, *, double: bool
) -> nn.Module:
    """Build layers that double height and width; with ``double`` two convolutions, and noise."""
    layers: list[nn.Module] = [nn.Upsample(scale_factor=2, mode="nearest")]
    for given in (before, after)[: 1 + double]:
        layers.append(
            convolution(given, 2 * after, 3, padding=1, bias=False, wraps=options.tileable)
        )
        if double and options.noise:
            layers.append(Noise(size))
        # A gated linear unit: one half of the channels is the gate of the other.
        layers += [nn.BatchNorm2d(2 * after), nn.GLU(1)]
    return nn.Sequential(*layers)


class FastganGenerator(nn.Module):
    """Latents to pictures: a series of doublings, in which coarse features gate fine ones."""

    def __init__(self, context: ArchContext, options: FastganOptions) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)
        levels = len(channels) - 1
        sizes = [
            (context.height * 2**level // 2**levels, context.width * 2**level // 2**levels)
            for level in range(levels + 1)
        ]
        self.latent_shape = (options.latent_size,)
        self.coarse = (2 * channels[0], *sizes[0])
        features = self.coarse[0] * self.coarse[1] * self.coarse[2]
        self.dense = nn.Linear(options.latent_size, features, bias=False)
        self.labels = nn.Embedding(context.classes, features) if context.classes else None
        self.first = nn.Sequential(nn.BatchNorm2d(self.coarse[0]), nn.GLU(1))
        self.stages = nn.ModuleList(
            growing(*pair, sizes[level], options, double=level % 2 == 1)
            for level, pair in enumerate(pairwise(channels), 1)
        )
        skipped = min(SKIPPED, levels)
        self.skipped = skipped
        self.gates = nn.ModuleList(
            Gate(channels[level], channels[level + skipped], sizes[0], 2**level)
            for level in range(levels - skipped + 1)
        )
        self.last = convolution(
            channels[-1], context.channels, 3, padding=1, wraps=options.tileable
        )
        self.apply(start_weights)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
        x = self.dense(latents)
        if self.labels is not None:
            x = x + self.labels(labels)
        x = x.view(-1, *self.coarse).contiguous(memory_format=torch.channels_last)
        features = [self.first(x)]
        for level, stage in enumerate(self.stages, 1):
            x = stage(features[-1])
            if level >= self.skipped:
                source = level - self.skipped
                x = self.gates[source](features[source], x)
            features.append(x)
        return torch.tanh(self.last(features[-1]))


class Halving(nn.Module):
    """A residual block to half of height and width: two convolutions and a skip path."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            bounded(before, after, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(SLOPE),
            bounded(after, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(SLOPE),
        )
        self.straight = nn.Sequential(
            nn.AvgPool2d(2),
            bounded(before, after, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(SLOPE),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C', H / 2, W / 2)."""
        both: Tensor = self.main(x) + self.straight(x)
        return both / 2


class Decoder(nn.Module):
    """Features to a small copy of the picture that they were computed from."""

    def __init__(self, before: int, channels: int, doublings: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(doublings):
            after = max(4, before // 2)
            layers += [
                nn.Upsample(scale_factor=2, mode="nearest"),
                convolution(before, 2 * after, 3, padding=1, bias=False, wraps=False),
                nn.BatchNorm2d(2 * after),
                nn.GLU(1),
            ]
            before = after
        self.layers = nn.Sequential(
            *layers, convolution(before, channels, 3, padding=1, wraps=False), nn.Tanh()
        )

    def distance(self, features: Tensor, images: Tensor) -> Tensor:
        """Compute the mean absolute error of the rebuilt images (N, C, H, W) in [-1, 1]."""
        rebuilt = self.layers(features)
        return F.l1_loss(rebuilt, F.avg_pool2d(images, images.shape[2] // rebuilt.shape[2]))


class ImageScorer(nn.Module):
    """Pictures of one size to features and logits."""

    def __init__(self, channels: list[int], pictures: int, *, stride: int) -> None:
        super().__init__()
        kernel = 4 if stride == 2 else 3
        self.first = nn.Sequential(
            bounded(pictures, channels[0], kernel, stride=stride, padding=1),
            nn.LeakyReLU(SLOPE),
        )
        self.halvings = nn.ModuleList(Halving(a, b) for a, b in pairwise(channels))
        self.score = nn.Sequential(
            bounded(channels[-1], channels[-1], 1, bias=False),
            nn.BatchNorm2d(channels[-1]),
            nn.LeakyReLU(SLOPE),
            bounded(channels[-1], 1, 4),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map images (N, C, H, W) to logits (N,) and features with 16 and 8 places a side."""
        features = [self.first(images)]
        for halving in self.halvings:
            features.append(halving(features[-1]))
        logits = self.score(features[-1]).mean((1, 2, 3))
        return logits, features[-2], features[-1]


class FastganDiscriminator(nn.Module):
    """Pictures to logits, from the picture and, if it is large, from a small copy too."""

    def __init__(self, context: ArchContext, options: FastganOptions) -> None:
        super().__init__()
        channels = widths(context, options.base_channels, options.max_channels)[::-1]
        shorter = min(context.height, context.width)
        self.shrink = 2 ** max(0, (shorter // SMALL_SIDE).bit_length() - 1)
        large = int(self.shrink > 1)
        # The last features have 8 to 15 places along the shorter side, those before them 16 to 31.
        self.eye = ImageScorer(channels[large:-1], context.channels, stride=1 + large)
        few = channels[self.shrink.bit_length() - 1 : -1]
        self.small_eye = ImageScorer(few, context.channels, stride=1) if large else None
        deep = channels[-2]
        self.labels = None
        if context.classes:
            self.labels = spectral_norm(nn.Embedding(context.classes, deep))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        return self.look(images, labels)[0]

    def look(
        self, images: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """Compute logits, middle and last features, and the last features of the small copy."""
        logits, middle, last = self.eye(images)
        logits = add_projection(logits, self.labels, labels, last.mean((2, 3)))
        if self.small_eye is None:
            return logits, middle, last, None
        more, _, small = self.small_eye(F.avg_pool2d(images, self.shrink))
        return logits + more, middle, last, small


class Rebuilder(FastganDiscriminator):
    """A discriminator that also learns to rebuild real pictures from its features."""

    def __init__(self, context: ArchContext, options: FastganOptions) -> None:
        super().__init__(context, options)
        channels = widths(context, options.base_channels, options.max_channels)[::-1]
        pictures = context.channels
        doublings = min(MOST_DOUBLINGS, len(channels) - 2)
        fewer = min(MOST_DOUBLINGS, len(channels) - 3)
        self.weight = options.rebuilding
        self.whole = Decoder(channels[-2], pictures, doublings)
        self.part = Decoder(channels[-3], pictures, fewer)
        self.small = None if self.small_eye is None else Decoder(channels[-2], pictures, doublings)

    def with_own_loss(self, images: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Compute logits (N,), and the weighted error of the images rebuilt from the features."""
        logits, middle, last, small = self.look(images, labels)
        loss = self.whole.distance(last, images) + self.part.distance(*cut_alike(middle, images))
        if self.small is not None and small is not None:
            loss = loss + self.small.distance(small, images)
        return logits, self.weight * loss


def cut_alike(features: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the same random part, half as high and wide, out of features and images."""
    scale = images.shape[2] // features.shape[2]
    for axis in (2, 3):
        kept = features.shape[axis] // 2
        first = torch.randint(kept + 1, (), device=images.device)
        places = torch.arange(kept * scale, device=images.device)
        # Indices, since a slice would have to wait for the number, and could not be compiled.
        features = features.index_select(axis, first + places[:kept])
        images = images.index_select(axis, first * scale + places)
    return features, images


def bounded(
    before: int, after: int, kernel: int, *, stride: int = 1, padding: int = 0, bias: bool = True
) -> nn.Module:
    """Build a convolution of slope at most 1 (Miyato et al. 2018, "Spectral Normalization")."""
    return spectral_norm(nn.Conv2d(before, after, kernel, stride, padding, bias=bias))
