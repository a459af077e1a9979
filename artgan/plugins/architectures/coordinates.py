"""Coordinate networks: each pixel is drawn from its place alone, so pictures have no size.

Stanley 2007, "Compositional Pattern Producing Networks", and Anokhin et al. 2021, "Image Generators
with Conditionally-Independent Pixel Synthesis": a small network maps a place and the latents to a
colour; sines and cosines of the place come first, so that it can draw more than blurs (Tancik et
al. 2020, "Fourier Features Let Networks Learn High Frequency Functions", section 5). It differs
from Anokhin et al. in having no learnt embedding of each place, which would tie it to one size, and
in adding scale and shift to each layer instead of modulating its weights. The discriminator is that
of ``dcgan``.

Tileable: the frequencies are whole numbers of waves, so that every feature repeats.
"""

from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from artgan.plugin import ArchContext
from artgan.plugins.architectures import CoordinatesOptions, DcganOptions
from artgan.plugins.architectures.dcgan import DcganDiscriminator

SLOPE = 0.2

STRIP = 1 << 16
"""Places that are computed together where no gradient is wanted: memory does not grow with size."""


class CoordinatesGenerator(nn.Module):
    """Latents (N, Z) to images (N, C, H, W) in [-1, 1], of the size that ``size`` says."""

    waves: Tensor

    def __init__(self, context: ArchContext, options: CoordinatesOptions) -> None:
        super().__init__()
        width, style = options.channels, options.channels
        self.latent_shape = (options.latent_size,)
        self.trained = self.size = (context.height, context.width)
        self.tileable = context.tileable
        # Waves along (y, x): so many in the shorter side of the picture.
        waves = torch.randn(width, 2) * options.detail
        self.register_buffer("waves", waves.round() if context.tileable else waves)

        self.label = nn.Embedding(context.classes, style) if context.classes else None
        self.mapping = nn.Sequential(
            nn.Linear(options.latent_size, style), nn.LeakyReLU(SLOPE), nn.Linear(style, style)
        )
        sizes = [2 * width, *[width] * options.layers]
        self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(sizes))
        self.scales = nn.ModuleList(nn.Linear(style, width) for _ in self.layers)
        self.shifts = nn.ModuleList(nn.Linear(style, width) for _ in self.layers)
        self.colours = nn.ModuleList(nn.Linear(width, context.channels) for _ in self.layers)
        self._start()

    def _start(self) -> None:
        """Begin with weights that keep the size of what goes through, so that latents count.

        With torch's own, pictures of different latents hardly differ at first, those of different
        labels do, and the generator learns one picture of each label.
        """
        for part in (self.mapping, self.layers):
            for layer in part.modules():
                if isinstance(layer, nn.Linear):
                    nn.init.kaiming_normal_(layer.weight, SLOPE)
                    nn.init.zeros_(layer.bias)
        if self.label is not None:
            nn.init.normal_(self.label.weight, std=0.5)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw images; each pixel depends on its place and the latents alone."""
        style = self.mapping(latents)
        if self.label is not None and labels is not None:
            style = style + self.label(labels)
        style = leaky_relu(style, SLOPE)
        # A scale and a shift of every layer, (N, 1, channels) each.
        styles = [
            (1 + scale(style).unsqueeze(1), shift(style).unsqueeze(1))
            for scale, shift in zip(self.scales, self.shifts, strict=True)
        ]
        places = self.places()
        strips = [places] if torch.is_grad_enabled() else places.split(STRIP)
        drawn = [self._draw(strip, styles) for strip in strips]
        colours = drawn[0] if len(drawn) == 1 else torch.cat(drawn, 1)
        return colours.transpose(1, 2).reshape(latents.shape[0], -1, *self.size)

    def _draw(self, places: Tensor, styles: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Compute the colours (N, P, C) of places (P, 2)."""
        angles = 2 * torch.pi * places @ self.waves.T
        x = torch.cat([angles.sin(), angles.cos()], 1)[None]
        total: Tensor | float = 0.0
        for layer, colour, (scale, shift) in zip(self.layers, self.colours, styles, strict=True):
            x = leaky_relu(layer(x) * scale + shift, SLOPE)
            # As the colours of all layers add up, fine and coarse waves reach the picture alike.
            total = total + colour(x)
        return torch.tanh(total / len(self.layers) ** 0.5)

    def places(self) -> Tensor:
        """Return the middles of all pixels (H W, 2) as (y, x), 1 along the shorter side as trained.

        The picture as it was trained fills the size as far as it fits, in the middle; what lies
        beyond it on the longer side is drawn on.
        """
        scale = min(now / then for now, then in zip(self.size, self.trained, strict=True))
        axes = []
        for now, then in zip(self.size, self.trained, strict=True):
            pixels = (torch.arange(now, device=self.waves.device) + 0.5 - now / 2) / scale
            unit = then if self.tileable else min(self.trained)
            axes.append((pixels + then / 2) / unit)
        grid = torch.meshgrid(*axes, indexing="ij")
        return torch.stack(grid, 2).view(prod(self.size), 2)


def build_discriminator(context: ArchContext, options: CoordinatesOptions) -> nn.Module:
    """Build the discriminator of ``dcgan``."""
    base = options.base_channels
    return DcganDiscriminator(context, DcganOptions(base_channels=base, max_channels=8 * base))
