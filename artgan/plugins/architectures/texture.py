"""Texture: a generator without edges, over a grid of latents; one network for any canvas.

Jetchev et al. 2016, "Texture Synthesis with Spatial Generative Adversarial Networks", and Bergmann
et al. 2017, "Learning Texture Manifolds with the Periodic Spatial GAN": every layer is a
convolution, so a larger grid of latents gives a larger picture. Some latents are local, new in
every cell; some are global, the same in all cells, and choose among textures (Bergmann et al.,
section 3.2). The periodic part is left out: it needs to know where a cell lies, and a window of a
canvas must not.

Nothing is padded: a picture comes from a grid with two more cells on each side than it shows. One
of them is used up by the first layer; of the other every layer leaves the one pixel that the next
layer looks at beyond the edge, and makes no more. So a window made alone equals the same window of
the whole. Tileable pictures take those cells from the other side.
The discriminator judges places and averages them, with no dense layer either.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from artgan.plugin import ArchContext, Sizes
from artgan.plugins.architectures._declared_nets import TextureOptions
from artgan.plugins.architectures._equalized import wrapped

SLOPE = 0.2
MARGIN = 2


def build_generator(context: ArchContext, options: TextureOptions) -> nn.Module:
    """Give the generator for a picture size."""
    return Generator(context, options)


def build_discriminator(context: ArchContext, options: TextureOptions) -> nn.Module:
    """Give the discriminator for a picture size."""
    return Discriminator(context, options)


def widths(context: ArchContext, options: TextureOptions) -> list[int]:
    """List channels from cells to half of full size."""
    halvings = Sizes(coarsest=4).halvings(context.height, context.width)
    doubled = [options.base_channels * 2**level for level in range(halvings)]
    return [min(width, options.max_channels) for width in reversed(doubled)]


class Generator(nn.Module):
    """A grid of latents to a picture.

    Attributes:
        latent_shape: (Z, rows, columns) of a picture at the size of training.
        cell: Pixels that a cell becomes, along each side.
        margin: Cells beyond each side of what is shown that it depends on.
        wraps: Whether those come from the other side; otherwise the latents hold them.
        global_latents: The first so many latents are the same in all cells.
    """

    def __init__(self, context: ArchContext, options: TextureOptions) -> None:
        super().__init__()
        channels = widths(context, options)
        self.cell, self.wraps = 2 ** len(channels), options.tileable
        self.margin, beyond = MARGIN, 0 if self.wraps else MARGIN
        self.global_latents = options.global_size
        self.latent_shape = (
            options.global_size + options.latent_size,
            context.height // self.cell + 2 * beyond,
            context.width // self.cell + 2 * beyond,
        )
        self.labels = nn.Embedding(context.classes, channels[0]) if context.classes else None
        self.first = nn.Conv2d(self.latent_shape[0], channels[0], 3)
        layers: list[nn.Module] = [nn.BatchNorm2d(channels[0]), nn.ReLU()]
        for before, after in pairwise(channels):
            layers += [nn.Upsample(scale_factor=2.0), nn.Conv2d(before, after, 3)]
            layers += [nn.BatchNorm2d(after), nn.ReLU()]
        # Here the pixel beyond the edge has become two, and the last layer looks at one.
        layers += [nn.Sequential(nn.Upsample(scale_factor=2.0), nn.ZeroPad2d(-1))]
        layers += [nn.Conv2d(channels[-1], context.channels, 3)]
        self.body = nn.Sequential(*layers)
        self.apply(start_weights)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give images in [-1, 1] from any grid of latents (N, Z, rows, columns), labels (N,).

        The picture has ``cell`` pixels for each cell; where it does not wrap, those of the margin
        are not shown.
        """
        same = latents[:, : self.global_latents, :1, :1].expand(-1, -1, *latents.shape[2:])
        grid = torch.cat([same, latents[:, self.global_latents :]], 1)
        x = self.first(wrapped(grid, MARGIN) if self.wraps else grid)
        if self.labels is not None:
            x = x + self.labels(labels)[:, :, None, None]
        return torch.tanh(self.body(x.contiguous(memory_format=torch.channels_last)))


class Discriminator(nn.Module):
    """Pictures to logits: the mean of what is thought of each place."""

    def __init__(self, context: ArchContext, options: TextureOptions) -> None:
        super().__init__()
        channels = [context.channels, *reversed(widths(context, options))]
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
        self.body = nn.Sequential(*layers)
        self.score = nn.Conv2d(channels[-1], 1, 1)
        self.labels = nn.Embedding(context.classes, channels[-1]) if context.classes else None
        self.apply(start_weights)
        for layer in layers:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, SLOPE)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Give raw logits (N,) for images (N, C, H, W) in [-1, 1] and labels (N,)."""
        x = self.body(images)
        logits: Tensor = self.score(x).mean((1, 2, 3))
        if self.labels is not None:
            logits = logits + (self.labels(labels) * x.mean((2, 3))).sum(1)
        return logits


def start_weights(module: nn.Module) -> None:
    """Draw weights from N(0, 0.02), as Radford et al. 2015, section 4; biases start at 0."""
    if isinstance(module, nn.Conv2d | nn.Embedding):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]
