"""DCGAN: a convolutional generator and discriminator.

Radford et al. 2015, "Unsupervised Representation Learning with Deep Convolutional GANs": strides
instead of pooling, no hidden dense layers. It differs in two ways. The discriminator has no batch
norm, so that a logit depends on its own picture alone; a gradient penalty keeps it stable, or
spectral norm if chosen (Miyato et al. 2018, "Spectral Normalization for GANs"). Labels enter by an
embedding that is added to the generator's first features, and by a projection in the discriminator
(Miyato and Koyama 2018, "cGANs with Projection Discriminator"); the projection here is not pooled
over places, since small pictures have few. ``fine_channels`` adds a layer at full size to both
networks, as Miyato et al. 2018 do (appendix B.4): strided layers alone resolve lines of one pixel
poorly. With ``self_modulation`` the latents also scale and shift the normalized features of every
layer between the first and the last, each through a layer of its own (Chen et al. 2019, "On Self
Modulation for Generative Adversarial Networks", section 3, without their hidden layer).

The layers ``classic`` are those of the well-known MNIST lesson: 5 x 5 kernels, a generator from
7 x 7 x 256 over 128 and 64 channels, a discriminator with 64 and 128 channels and dropout.

Tileable: only the generator wraps around. A discriminator that wraps would see the seam of the real
pictures, which do not repeat, and teach the generator to draw one.
"""

from itertools import pairwise, zip_longest

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from artgan.plugin import ArchContext
from artgan.plugins.architectures import DcganOptions
from artgan.plugins.architectures._layers import (
    SmoothedTransposed,
    add_projection,
    convolution,
    start_weights,
    transposed,
    widths,
)

SLOPE = 0.2
MODULATION = 4.0
"""Rate of the layers by which latents modulate features, as a share of that of the others."""
# The default of Keras, in which the lesson was written.
CLASSIC_SLOPE = 0.3
CLASSIC_DROPOUT = 0.3


def build_generator(context: ArchContext, options: DcganOptions) -> nn.Module:
    """Build the generator with the chosen layers."""
    if options.layers == "classic":
        return ClassicGenerator(context, options)
    return DcganGenerator(context, options)


def build_discriminator(context: ArchContext, options: DcganOptions) -> nn.Module:
    """Build the discriminator with the chosen layers."""
    if options.layers == "classic":
        return ClassicDiscriminator(context)
    return DcganDiscriminator(context, options)


def _widths(context: ArchContext, options: DcganOptions) -> list[int]:
    return widths(context, options.base_channels, options.max_channels, full_size=False)


class DcganGenerator(nn.Module):
    """Latents to pictures: dense, then one doubling of size per layer, then tanh."""

    def __init__(self, context: ArchContext, options: DcganOptions) -> None:
        super().__init__()
        channels = _widths(context, options)
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
        modulated_channels = channels[1:] if options.self_modulation else []
        self.modulations = nn.ModuleList(
            nn.Linear(options.latent_size, 2 * count) for count in modulated_channels
        )
        self.apply(start_weights)
        for weight in self.modulations.parameters():
            # Features are as they were at first, so trained weights without it draw on.
            nn.init.zeros_(weight)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
        x = self.dense(latents)
        if self.labels is not None:
            x = x + self.labels(labels)
        x = x.view(-1, *self.coarse).contiguous(memory_format=torch.channels_last)
        x = self.first(x)
        changes = [modulation(latents) for modulation in self.modulations]
        for stage, change in zip_longest(self.stages, changes):
            enlarge, normalize, activate = stage.children()
            x = normalize(enlarge(x))
            x = activate(x if change is None else modulated(x, change))
        return torch.tanh(self.last(x))


class DcganDiscriminator(nn.Module):
    """Pictures to logits: one halving of size per layer, then a weighted sum of all features."""

    def __init__(self, context: ArchContext, options: DcganOptions) -> None:
        super().__init__()
        fine = options.fine_channels
        channels = [fine or context.channels, *reversed(_widths(context, options))]
        bounded = spectral_norm if options.spectral_norm else _unchanged
        layers: list[nn.Module] = []
        if fine:
            first = nn.Conv2d(context.channels, fine, 3, padding=1)
            layers += [bounded(first), nn.LeakyReLU(SLOPE)]
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
                    # He et al. 2015: weights that keep the signal's size, without normalization.
                    nn.init.kaiming_normal_(layer.weight, SLOPE)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = self.features(images).flatten(1)
        return add_projection(self.score(x).squeeze(1), self.labels, labels, x)


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
        """Map latents (N, Z) and labels (N,) to images (N, C, H, W) in [-1, 1]."""
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
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = self.features(images)
        logits = self.score(x.flatten(1)).squeeze(1)
        return add_projection(logits, self.labels, labels, x.mean((2, 3)))


def modulated(x: Tensor, changes: Tensor) -> Tensor:
    """Scale and shift the channels of features (N, C, H, W) by changes (N, 2 C), 0 for none."""
    changes = (MODULATION * changes)[:, :, None, None]
    scale, shift = changes[:, : x.shape[1]], changes[:, x.shape[1] :]
    return x * (1 + scale) + shift


def upsampling(options: DcganOptions, before: int, after: int) -> nn.Module:
    """Build a layer that doubles height and width."""
    if options.upsampling == "nearest":
        return nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(before, after, 3, wraps=options.tileable, padding=1),
        )
    if options.upsampling == "smooth":
        return SmoothedTransposed(before, after, wraps=options.tileable)
    return transposed(before, after, 4, wraps=options.tileable, stride=2, padding=1)


def doubling(options: DcganOptions, before: int, after: int) -> list[nn.Module]:
    """Build the hidden layers that double height and width."""
    return [upsampling(options, before, after), normalization(options, after), nn.ReLU()]


def last_layers(options: DcganOptions, before: int, channels: int) -> nn.Module:
    """Build the layers from features at half of full size to pictures of ``channels``."""
    fine = options.fine_channels
    if not fine:
        return upsampling(options, before, channels)
    return nn.Sequential(
        *doubling(options, before, fine),
        convolution(fine, channels, 3, wraps=options.tileable, padding=1),
    )


def normalization(options: DcganOptions, channels: int) -> nn.Module:
    """Build the normalization of a generator layer."""
    if options.normalization == "batch":
        return nn.BatchNorm2d(channels)
    if options.normalization == "group":
        groups = next(g for g in (8, 4, 2, 1) if channels % g == 0)
        return nn.GroupNorm(groups, channels)
    return nn.Identity()


def _unchanged(module: nn.Module) -> nn.Module:
    return module
