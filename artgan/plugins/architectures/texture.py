"""Texture: a convolutional generator over a grid of latents, for canvases of any size.

Jetchev et al. 2016, "Texture Synthesis with Spatial Generative Adversarial Networks", and Bergmann
et al. 2017, "Learning Texture Manifolds with the Periodic Spatial GAN": every layer is a
convolution, so a larger grid of latents makes a larger picture. Some latents are local, new in
every cell; some are global, the same in all cells, and choose among textures (Bergmann et al.,
section 3.2). Their periodic part is left out: it depends on where a cell lies, and a window of a
canvas must not.

No layer pads. A picture is made from a grid with two more cells on each side than it shows. The
first layer uses up one of them; of the other, each layer keeps the one pixel beyond the edge that
the next layer needs. So a window that is made alone equals the same window of the whole canvas.
Tileable pictures take those cells from the opposite side. The discriminator has no dense layer
either: it scores every place and averages the scores.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from artgan.plugin import ArchContext
from artgan.plugins.architectures import TextureOptions
from artgan.plugins.architectures._layers import add_projection, start_weights, widths, wrapped

SLOPE = 0.2
MARGIN = 2


def _widths(context: ArchContext, options: TextureOptions) -> list[int]:
    return widths(context, options.base_channels, options.max_channels, full_size=False)


class TextureGenerator(nn.Module):
    """A grid of latents to a picture.

    Attributes:
        latent_shape: (Z, rows, columns) of a picture at the size of training.
        cell: Pixels that a cell becomes, along each side.
        margin: Number of cells beyond each side of a picture that it depends on.
        wraps: Whether those come from the opposite side; otherwise the latents hold them.
        global_latents: Number of the first latents that are the same in all cells.
    """

    def __init__(self, context: ArchContext, options: TextureOptions) -> None:
        super().__init__()
        channels = _widths(context, options)
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
        # Doubling makes two pixels of the one beyond the edge; the last layer needs one.
        layers += [nn.Sequential(nn.Upsample(scale_factor=2.0), nn.ZeroPad2d(-1))]
        layers += [nn.Conv2d(channels[-1], context.channels, 3)]
        self.body = nn.Sequential(*layers)
        self.apply(start_weights)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Map a grid of latents (N, Z, rows, columns) of any size and labels (N,) to images.

        Images are in [-1, 1] and have ``cell`` pixels for each cell of the grid; if the generator
        does not wrap, the cells of the margin are not part of the picture.
        """
        same = latents[:, : self.global_latents, :1, :1].expand(-1, -1, *latents.shape[2:])
        grid = torch.cat([same, latents[:, self.global_latents :]], 1)
        x = self.first(wrapped(grid, MARGIN) if self.wraps else grid)
        if self.labels is not None:
            x = x + self.labels(labels)[:, :, None, None]
        return torch.tanh(self.body(x.contiguous(memory_format=torch.channels_last)))


class TextureDiscriminator(nn.Module):
    """Pictures to logits: the mean of a score for each place."""

    def __init__(self, context: ArchContext, options: TextureOptions) -> None:
        super().__init__()
        channels = [context.channels, *reversed(_widths(context, options))]
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
        """Map images (N, C, H, W) in [-1, 1] and labels (N,) to raw logits (N,)."""
        x = self.body(images)
        return add_projection(self.score(x).mean((1, 2, 3)), self.labels, labels, x.mean((2, 3)))
