"""An architecture whose networks are defined inside the functions that build them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from artgan.plugin import ArchContext, Architecture, hookimpl
from artgan.plugin_manager.scaffold.templates.plugin import SIZES, ArchitectureOptions

if TYPE_CHECKING:
    from torch import Tensor, nn


def build_generator(context: ArchContext, options: ArchitectureOptions) -> "nn.Module":
    """Build a network from latents (N, Z) to images (N, C, H, W) in [-1, 1]."""
    from torch import nn

    class Generator(nn.Module):
        """Dense, then one doubling of size per layer, then tanh."""

        def __init__(self) -> None:
            super().__init__()
            halvings, width = SIZES.halvings(context.height, context.width), options.channels
            self.latent_shape = (options.latent_size,)
            self.coarse = (width, context.height >> halvings, context.width >> halvings)
            self.dense = nn.Linear(options.latent_size, width * self.coarse[1] * self.coarse[2])
            layers: list[nn.Module] = []
            for _ in range(halvings):
                layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1)]
                layers += [nn.GroupNorm(1, width), nn.ReLU()]
            self.layers = nn.Sequential(*layers, nn.Conv2d(width, context.channels, 3, padding=1))

        def forward(self, latents: "Tensor", labels: "Tensor | None" = None) -> "Tensor":
            images: Tensor = self.layers(self.dense(latents).view(-1, *self.coarse))
            return images.tanh()

    return Generator()


def build_discriminator(context: ArchContext, options: ArchitectureOptions) -> "nn.Module":
    """Build a network from images (N, C, H, W) to raw logits (N,)."""
    from torch import nn

    class Discriminator(nn.Module):
        """One halving of size per layer, then a weighted sum."""

        def __init__(self) -> None:
            super().__init__()
            halvings, width = SIZES.halvings(context.height, context.width), options.channels
            layers: list[nn.Module] = [nn.Conv2d(context.channels, width, 3, padding=1)]
            for _ in range(halvings):
                layers += [nn.LeakyReLU(0.2), nn.Conv2d(width, width, 4, stride=2, padding=1)]
            self.layers = nn.Sequential(*layers, nn.LeakyReLU(0.2), nn.Flatten())
            self.score = nn.Linear(width * (context.height * context.width >> 2 * halvings), 1)

        def forward(self, images: "Tensor", labels: "Tensor | None" = None) -> "Tensor":
            logits: Tensor = self.score(self.layers(images))
            return logits.squeeze(1)

    return Discriminator()


@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the architectures."""
    yield Architecture(
        name="template-name",
        summary="Small convolutional networks of even width.",
        generator=build_generator,
        discriminator=build_discriminator,
        options=ArchitectureOptions,
        sizes=SIZES,
    )
