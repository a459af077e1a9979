"""DCGAN: a convolutional generator and discriminator.

Radford et al. 2015, "Unsupervised Representation Learning with Deep Convolutional GANs": strided
instead of pooled, no hidden dense layers. Beyond it: no batch norm in the discriminator, so that
each picture is judged alone (a gradient penalty steadies it, or spectral norm on request: Miyato et
al. 2018, "Spectral Normalization for GANs"), and labels by an embedding added to the generator's
first features and a projection in the discriminator (Miyato and Koyama 2018, "cGANs with Projection
Discriminator"; the projection here keeps places, since small pictures have few).
``fine_channels`` adds a layer at full size to both networks, as Miyato et al. 2018 have it
(appendix B.4): strided layers alone see a line of one pixel but poorly.

The layers ``classic`` are those of the well-known MNIST lesson: 5 x 5 kernels, a generator from
7 x 7 x 256 over 128 and 64 channels, a discriminator with 64 and 128 channels and dropout.

Tileable: only the generator wraps around. A discriminator that wrapped would see the seam of the
real pictures, which do not repeat, and reward one.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from artgan.plugin import ArchContext, Sizes
from artgan.plugins.architectures import DcganOptions
from artgan.plugins.architectures._equalized import convolution, transposed

SLOPE = 0.2
# Keras' LeakyReLU, which the lesson was written with.
CLASSIC_SLOPE = 0.3
CLASSIC_DROPOUT = 0.3


def build_generator(context: ArchContext, options: DcganOptions) -> nn.Module:
    """Give the generator for a picture size."""
    if options.layers == "classic":
        return ClassicGenerator(context, options)
    return Generator(context, options)


def build_discriminator(context: ArchContext, options: DcganOptions) -> nn.Module:
    """Give the discriminator for a picture size."""
    if options.layers == "classic":
        return ClassicDiscriminator(context)
    return Discriminator(context, options)


def widths(context: ArchContext, options: DcganOptions) -> list[int]:
    """List channels from the coarsest features to those at half of full size."""
    halvings = Sizes(coarsest=4).halvings(context.height, context.width)
    doubled = [options.base_channels * 2**level for level in range(halvings)]
    return [min(width, options.max_channels) for width in reversed(doubled)]


class Generator(nn.Module):
    """Latents to pictures: dense, then one doubling of size per layer, then tanh."""

    def __init__(self, context: ArchContext, options: DcganOptions) -> None:
        super().__init__()
        channels = widths(context, options)
        scale = 2 ** len(channels)
        self.latent_shape = (options.latent_size,)
        self.coarse = (channels[0], context.height // scale, context.width // scale)
        features = self.coarse[0] * self.coarse[1] * self.coarse[2]
        self.dense = nn.Linear(options.latent_size, features)
        self.labels = nn.Embedding(context.classes, features) if context.classes else None
        self.first = nn.Sequential(normalization(options, channels[0]), nn.ReLU())
        self.stages = nn.ModuleList(
            nn.Sequential(*doubling(options, before, after)) for before, after in pairwise(channels)
        )
        self.last = last_layers(options, channels[-1], context.channels)
        self.apply(start_weights)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give images (N, C, H, W) in [-1, 1] from latents (N, Z) and labels (N,)."""
        x = self.dense(latents)
        if self.labels is not None:
            x = x + self.labels(labels)
        x = x.view(-1, *self.coarse).contiguous(memory_format=torch.channels_last)
        x = self.first(x)
        for stage in self.stages:
            x = stage(x)
        return torch.tanh(self.last(x))


class Discriminator(nn.Module):
    """Pictures to logits: one halving of size per layer, then a weighted sum of all features."""

    def __init__(self, context: ArchContext, options: DcganOptions) -> None:
        super().__init__()
        fine = options.fine_channels
        channels = [fine or context.channels, *reversed(widths(context, options))]
        bounded = spectral_norm if options.spectral_norm else _as_it_is
        layers: list[nn.Module] = []
        if fine:
            seen = nn.Conv2d(context.channels, fine, 3, padding=1)
            layers += [bounded(seen), nn.LeakyReLU(SLOPE)]
        for before, after in pairwise(channels):
            convolution = nn.Conv2d(before, after, 4, stride=2, padding=1)
            layers += [bounded(convolution), nn.LeakyReLU(SLOPE)]
            if options.dropout:
                layers.append(nn.Dropout(options.dropout))
        self.features = nn.Sequential(*layers)
        scale = 2 ** (len(channels) - 1)
        features = channels[-1] * (context.height // scale) * (context.width // scale)
        self.score = bounded(nn.Linear(features, 1))
        self.labels = bounded(nn.Embedding(context.classes, features)) if context.classes else None
        if not options.spectral_norm:
            self.apply(start_weights)
            for layer in layers:
                if isinstance(layer, nn.Conv2d):
                    # He et al. 2015: without any normalization the signal must keep its size.
                    nn.init.kaiming_normal_(layer.weight, SLOPE)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give raw logits (N,) for images (N, C, H, W) in [-1, 1] and labels (N,)."""
        x = self.features(images).flatten(1)
        logits: Tensor = self.score(x).squeeze(1)
        if self.labels is not None:
            # Projection: does the picture have what its label asks for, and where?
            logits = logits + (self.labels(labels) * x).sum(1)
        return logits


class ClassicGenerator(nn.Module):
    """The lesson's generator: a quarter of full size x 256, then 128, 64, and the picture."""

    def __init__(self, context: ArchContext, options: DcganOptions) -> None:
        super().__init__()
        self.latent_shape = (options.latent_size,)
        self.coarse = (256, context.height // 4, context.width // 4)
        features = self.coarse[0] * self.coarse[1] * self.coarse[2]
        self.dense = nn.Linear(options.latent_size, features, bias=False)
        self.labels = nn.Embedding(context.classes, features) if context.classes else None
        self.dense_norm = nn.BatchNorm1d(features)
        wraps, plain = options.tileable, {"padding": 2, "bias": False}
        self.body = nn.Sequential(
            transposed(256, 128, 5, wraps=wraps, stride=1, **plain),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(CLASSIC_SLOPE),
            transposed(128, 64, 5, wraps=wraps, stride=2, output_padding=1, **plain),
            nn.BatchNorm2d(64),
            nn.LeakyReLU(CLASSIC_SLOPE),
            transposed(64, context.channels, 5, wraps=wraps, stride=2, output_padding=1, **plain),
            nn.Tanh(),
        )

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give images (N, C, H, W) in [-1, 1] from latents (N, Z)."""
        x = self.dense(latents)
        if self.labels is not None:
            x = x + self.labels(labels)
        x = nn.functional.leaky_relu(self.dense_norm(x), CLASSIC_SLOPE)
        x = x.view(-1, *self.coarse).contiguous(memory_format=torch.channels_last)
        images: Tensor = self.body(x)
        return images


class ClassicDiscriminator(nn.Module):
    """The lesson's discriminator: strided 5 x 5 convolutions, dropout, dense to one logit."""

    def __init__(self, context: ArchContext) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(context.channels, 64, 5, stride=2, padding=2),
            nn.LeakyReLU(CLASSIC_SLOPE),
            nn.Dropout(CLASSIC_DROPOUT),
            nn.Conv2d(64, 128, 5, stride=2, padding=2),
            nn.LeakyReLU(CLASSIC_SLOPE),
            nn.Dropout(CLASSIC_DROPOUT),
        )
        places = -(-context.height // 4) * -(-context.width // 4)
        self.score = nn.Linear(128 * places, 1)
        self.labels = nn.Embedding(context.classes, 128) if context.classes else None

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give raw logits (N,) for images (N, C, H, W) in [-1, 1]."""
        x = self.features(images)
        logits: Tensor = self.score(x.flatten(1)).squeeze(1)
        if self.labels is not None:
            logits = logits + (self.labels(labels) * x.mean((2, 3))).sum(1)
        return logits


def upsampling(options: DcganOptions, before: int, after: int) -> nn.Module:
    """Give a layer that doubles height and width."""
    if options.upsampling == "nearest":
        return nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(before, after, 3, wraps=options.tileable, padding=1),
        )
    return transposed(before, after, 4, wraps=options.tileable, stride=2, padding=1)


def doubling(options: DcganOptions, before: int, after: int) -> list[nn.Module]:
    """Give the hidden layers that double height and width."""
    return [upsampling(options, before, after), normalization(options, after), nn.ReLU()]


def last_layers(options: DcganOptions, before: int, channels: int) -> nn.Module:
    """Give what turns the features at half of full size into pictures of so many channels."""
    fine = options.fine_channels
    if not fine:
        return upsampling(options, before, channels)
    return nn.Sequential(
        *doubling(options, before, fine),
        convolution(fine, channels, 3, wraps=options.tileable, padding=1),
    )


def normalization(options: DcganOptions, channels: int) -> nn.Module:
    """Give the normalization of a generator layer."""
    if options.normalization == "batch":
        return nn.BatchNorm2d(channels)
    if options.normalization == "group":
        groups = next(g for g in (8, 4, 2, 1) if channels % g == 0)
        return nn.GroupNorm(groups, channels)
    return nn.Identity()


def start_weights(module: nn.Module) -> None:
    """Draw weights from N(0, 0.02), as Radford et al. 2015, section 4."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]


def _as_it_is(module: nn.Module) -> nn.Module:
    return module
