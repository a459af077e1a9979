"""The architecture: a generator and a discriminator."""

from torch import Tensor, nn

from artgan.plugin import ArchContext
from artgan.plugin_manager.scaffold.templates.plugin import SIZES, ArchitectureOptions


class Generator(nn.Module):
    """Latents to pictures: dense, then one doubling of size per layer, then tanh."""

    def __init__(self, context: ArchContext, options: ArchitectureOptions) -> None:
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

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Compute images (N, C, H, W) in [-1, 1] from latents (N, Z)."""
        images: Tensor = self.layers(self.dense(latents).view(-1, *self.coarse))
        return images.tanh()


class Discriminator(nn.Module):
    """Pictures to logits: one halving of size per layer, then a weighted sum."""

    def __init__(self, context: ArchContext, options: ArchitectureOptions) -> None:
        super().__init__()
        halvings, width = SIZES.halvings(context.height, context.width), options.channels
        layers: list[nn.Module] = [nn.Conv2d(context.channels, width, 3, padding=1)]
        for _ in range(halvings):
            layers += [nn.LeakyReLU(0.2), nn.Conv2d(width, width, 4, stride=2, padding=1)]
        self.layers = nn.Sequential(*layers, nn.LeakyReLU(0.2), nn.Flatten())
        self.score = nn.Linear(width * (context.height * context.width >> 2 * halvings), 1)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Compute raw logits (N,) for images (N, C, H, W) in [-1, 1]."""
        logits: Tensor = self.score(self.layers(images))
        return logits.squeeze(1)
