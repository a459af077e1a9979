"""What latents and samplers work with: the networks of a run, and its random numbers (torch).

Both change points in latent space before they become pictures. artgan hands them a context, which
keeps the promise that a picture depends on its seed alone: networks are always called with the same
number of pictures at once, and random numbers belong to the seed of each.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor


class SamplingContext(Protocol):
    """A run that pictures are made with.

    *Values* are latents (N, *latent_shape) or, where ``in_styles`` says so, styles (N, L, W), as
    the mapping network of an architecture such as ``stylegan2`` makes them; labels are (N,) or
    None.
    """

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """Shape of a latent."""

    @property
    def device(self) -> torch.device:
        """Where the networks are."""

    @property
    def seeds(self) -> Sequence[int]:
        """Seed of each of the values; all frames of an animation have the same."""

    @property
    def in_styles(self) -> bool:
        """Whether the values are styles."""

    @property
    def style_mean(self) -> Tensor:
        """Mean style (W,), where the values are styles."""

    @property
    def together(self) -> int:
        """How many pictures are made at once; as many cost no more time than one."""

    def draw(self, seeds: Sequence[int]) -> tuple[Tensor, Tensor | None]:
        """Draw latents and labels as plain sampling does for these seeds."""

    def noise(self, *name: object) -> Tensor:
        """Draw standard normal numbers like the values, by the seed of each and a name."""

    def uniform(self, count: int, *name: object) -> Tensor:
        """Draw numbers in [0, 1) (N, count), by the seed of each of the values and a name."""

    def styles(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Map latents (N, Z) to styles (N, L, W), where the architecture has them."""

    def generate(self, values: Tensor, labels: Tensor | None) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of any number of values."""

    def judge(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Compute the discriminator's logits (N,): higher is more real."""

    def gradient(self, values: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Compute the logits (N,) of values' pictures, and their gradient like the values."""

    def direction(self, name: str) -> Tensor:
        """Return the direction of the run that the user moves along: a standard deviation long."""


class LatentsPart(Protocol):
    """What a ``Latents`` builds."""

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return other values of the same shape. No gradient is kept.

        One that draws gets the latent of one seed, (1, *latent_shape).
        """


class SamplerPart(Protocol):
    """What a ``Sampler`` builds."""

    def sample(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of values. No gradient is kept.

        Each picture must follow from its own values, label and seed alone.
        """
