"""The encoder, and a discriminator of pairs (picture, latents)."""

from collections.abc import Callable, Mapping
from math import prod

import torch
from artgan.plugin import NetworkContext
from torch import Tensor, nn

from artgan_bigan import BiganOptions


def build_networks(context: NetworkContext, options: BiganOptions) -> Mapping[str, nn.Module]:
    """Build the encoder, and put the architecture's discriminator into one of pairs."""
    shape: tuple[int, ...] = context.generator.latent_shape  # type: ignore[assignment]
    layers = tower(context, options.channels, prod(shape), nn.BatchNorm2d)
    features = tower(context, options.channels, 4 * options.channels)
    encoder = Encoder(layers, shape)
    pairs = Pairs(context.discriminator, features, 4 * options.channels, prod(shape))
    return {"encoder": encoder, "discriminator": pairs}


def tower(
    context: NetworkContext,
    channels: int,
    outputs: int,
    norm: Callable[[int], nn.Module] = lambda _: nn.Identity(),
) -> nn.Sequential:
    """Build convolutions that halve images (N, C, H, W) down to 4 pixels, then (N, outputs)."""
    height, width = context.pictures.height, context.pictures.width
    layers: list[nn.Module] = []
    before = context.pictures.channels
    while min(height, width) > 4:
        layers += [nn.Conv2d(before, channels, 4, 2, 1), norm(channels), nn.LeakyReLU(0.2)]
        before, channels = channels, 2 * channels
        height, width = height // 2, width // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * height * width, outputs))


class Encoder(nn.Module):
    """Latents (N, *latent_shape) of images (N, C, H, W).

    They have the mean and spread of latents that are drawn, or the discriminator would tell
    encodings by their size alone.
    """

    def __init__(self, layers: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers, self.shape = layers, shape
        self.scale = nn.BatchNorm1d(prod(shape), affine=False)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the latents."""
        latents: Tensor = self.scale(self.layers(images))
        return latents.view(-1, *self.shape)


class Pairs(nn.Module):
    """Logits of pairs (picture, latents); without latents those of pictures alone.

    The first term is Donahue and Simonyan 2019, "Large Scale Adversarial Representation Learning",
    section 2: what a picture's own logit adds to that of the pair.
    """

    def __init__(self, images: nn.Module, features: nn.Module, size: int, latents: int) -> None:
        super().__init__()
        self.images, self.features = images, features
        self.latents = nn.Sequential(nn.Flatten(), nn.Linear(latents, size), nn.LeakyReLU(0.2))
        self.joint = nn.Sequential(
            nn.Linear(2 * size, 2 * size), nn.LeakyReLU(0.2), nn.Linear(2 * size, 1)
        )

    def forward(
        self, images: Tensor, labels: Tensor | None = None, latents: Tensor | None = None
    ) -> Tensor:
        """Compute logits (N,)."""
        logits: Tensor = self.images(images, labels)
        if latents is None:
            return logits
        both = torch.cat([self.features(images), self.latents(latents)], 1)
        joint: Tensor = self.joint(both)
        return logits + joint.squeeze(1)
