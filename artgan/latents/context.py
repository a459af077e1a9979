"""The networks and random numbers of a run, for contributions that change points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from artgan.base.seeding import keyed_generator
from artgan.core.run import TrainedRun
from artgan.core.sample import batch_of, draw_inputs
from artgan.errors import PluginError
from artgan.latents.points import make_images
from artgan.latents.steering import Shift, StyleGenerator, style_half


@dataclass(frozen=True)
class Networks:
    """The networks of a run in evaluation mode, called with the same number of rows each time.

    Kernels differ between batch sizes in the last bit, and a picture must not depend on what is
    made with it.
    """

    run: TrainedRun

    @property
    def generator(self) -> nn.Module:
        """Images from latents."""
        return self.run.generator

    @cached_property
    def device(self) -> torch.device:
        """Where they are."""
        return next(self.generator.parameters()).device

    @cached_property
    def together(self) -> int:
        """Rows of each call."""
        return batch_of(self.generator, self.run.config.classes > 0)

    @cached_property
    def judged_together(self) -> int:
        """Rows of each call of the discriminator: one where logits depend on each other."""
        entry = self.run.registry.find("architecture", self.run.config.architecture.name)
        return self.together if entry.declaration.independent else 1

    @cached_property
    def planes(self) -> tuple[str, ...]:
        """Names of the planes that the generator draws beside its images."""
        return tuple(getattr(self.generator, "planes", ()))

    def generate(self, values: Tensor, labels: Tensor | None, in_styles: bool) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of latents, or of styles.

        Planes lie in further channels, so that they share whatever a sampler does to images.
        """
        make = _images_and_planes if self.planes else make_images
        made = [
            make(self.generator, part, own, in_styles=in_styles)[:count]
            for part, own, count in _parts(values, labels, self.together)
        ]
        return made[0] if len(made) == 1 else torch.cat(made)

    def judge(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Compute the logits (N,) of images; of another size than trained with, made as large."""
        images = images[:, : self.run.config.channels]
        trained = self.run.config.height, self.run.config.width
        if images.shape[2:] != trained:
            images = interpolate(images, trained, mode="bilinear", antialias=True)
        judged = [
            cast(Tensor, self.run.discriminator(part, own)).float()[:count]
            for part, own, count in _parts(images, labels, self.judged_together)
        ]
        return torch.cat(judged)


def _images_and_planes(
    generator: nn.Module, values: Tensor, labels: Tensor | None, *, in_styles: bool = False
) -> Tensor:
    """Make images with their planes as further channels, (N, C + P, H, W) in [-1, 1].

    Raises:
        PluginError: Planes are missing, or have another shape than one channel for each name.
    """
    halves = style_half(generator)
    if halves is not None and not in_styles:
        values = halves.mapping(values, labels)
    images, planes = cast(Any, generator).with_planes(values, labels)
    names = tuple(cast(Any, generator).planes)
    wanted = (len(images), len(names), *images.shape[2:])
    if tuple(planes.shape) != wanted:
        raise PluginError(
            f"the generator drew planes of shape {tuple(planes.shape)}; expected {wanted}, for "
            f"{', '.join(names)}"
        )
    return torch.cat([images, planes.to(images) * 2 - 1], dim=1)


def _parts(
    rows: Tensor, labels: Tensor | None, size: int
) -> Iterator[tuple[Tensor, Tensor | None, int]]:
    """Cut rows into parts of a size, the last filled up; yield each with labels and count."""
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        own = None if labels is None else labels[start : start + size]
        count = len(part)
        if count < size:
            part = torch.cat([part, part[-1:].expand(size - count, *part.shape[1:])])
            own = None if own is None else torch.cat([own, own[-1:].expand(size - count)])
        yield part, own, count


@dataclass(frozen=True)
class RunSampling:
    """What a change of points sees of a run: an ``artgan.plugin.sampling.SamplingContext``."""

    networks: Networks
    seeds: Sequence[int]
    shape: tuple[int, ...]
    in_styles: bool = False
    shifts: Sequence[Shift] = ()

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """Shape of a latent."""
        return cast(tuple[int, ...], self.networks.generator.latent_shape)

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.networks.device

    @property
    def style_mean(self) -> Tensor:
        """Mean style (W,)."""
        return cast(StyleGenerator, self.networks.generator).style_mean

    @property
    def together(self) -> int:
        """How many pictures are made at once."""
        return self.networks.together

    def draw(self, seeds: Sequence[int]) -> tuple[Tensor, Tensor | None]:
        """Draw latents and labels as plain sampling does."""
        weights = self.networks.run.config.label_weights
        latents, labels = draw_inputs(self.networks.generator, seeds, weights)
        return latents.to(self.device), None if labels is None else labels.to(self.device)

    def noise(self, *name: object) -> Tensor:
        """Draw standard normal numbers like the values, by the seed of each."""
        drawn = [torch.randn(self.shape, generator=self._key(seed, name)) for seed in self.seeds]
        return torch.stack(drawn).to(self.device)

    def uniform(self, count: int, *name: object) -> Tensor:
        """Draw numbers in [0, 1) (N, count), by the seed of each of the values."""
        drawn = [torch.rand(count, generator=self._key(seed, name)) for seed in self.seeds]
        return torch.stack(drawn).to(self.device)

    def _key(self, seed: int, name: tuple[object, ...]) -> torch.Generator:
        return keyed_generator("sampling", seed, *name)

    def styles(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Map latents (N, Z) to styles (N, L, W)."""
        return cast(StyleGenerator, self.networks.generator).mapping(latents, labels)

    def generate(self, values: Tensor, labels: Tensor | None) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of values."""
        return self.networks.generate(values, labels, self.in_styles)

    def judge(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Compute the discriminator's logits (N,)."""
        return self.networks.judge(images, labels)

    def gradient(self, values: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Compute the logits (N,) of values' pictures, and their gradient like the values."""
        with torch.enable_grad():
            free = values.detach().requires_grad_(True)
            logits = self.judge(self.generate(free, labels), labels)
            (gradient,) = torch.autograd.grad(logits.sum(), free)
        return logits.detach(), gradient

    def direction(self, name: str) -> Tensor:
        """Return the direction that the user moves along."""
        found = [shift.vector for shift in self.shifts if shift.name == name]
        if not found:
            raise PluginError(f"the user does not move along a direction '{name}'")
        return found[0]
