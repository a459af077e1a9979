"""A generator in two halves, as small as can be, for what needs styles."""

from pathlib import Path

import torch
from msgspec import structs
from torch import Tensor, nn

import artgan


class StyledGenerator(nn.Module):
    """Latents (N, 8) to styles (N, 2, 6) to images (N, 1, 8, 8)."""

    latent_shape = (8,)
    style_mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        key = torch.Generator().manual_seed(0)
        self.map, self.coarse, self.fine = nn.Linear(8, 6), nn.Linear(6, 16), nn.Linear(6, 64)
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=key) * 0.4
            parameter.requires_grad_(False)
        self.register_buffer("style_mean", self.map.bias.clone())
        self.eval()

    def mapping(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        styles: Tensor = self.map(latents)
        return styles[:, None].expand(-1, 2, -1)

    def synthesis(self, styles: Tensor) -> Tensor:
        coarse = self.coarse(styles[:, 0]).view(-1, 1, 4, 4)
        grown = nn.functional.interpolate(coarse, scale_factor=2.0)
        return torch.tanh(grown + self.fine(styles[:, 1]).view(-1, 1, 8, 8))

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.synthesis(self.mapping(latents, labels))


def run_of(generator: nn.Module, folder: Path) -> artgan.Run:
    """Open a run with another generator in place of its own."""
    run = artgan.load_run(folder)
    vars(run)["generator"] = generator
    latents: tuple[int, ...] = generator.latent_shape  # type: ignore[assignment]
    height, width = generator(torch.zeros(1, *latents), None).shape[2:]
    vars(run)["config"] = structs.replace(run.config, height=height, width=width)
    return run
