"""Everything one training step needs, and the operations that every kind of step is made of."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from artgan.base.seeding import keyed_generator
from artgan.core.build import Parts
from artgan.core.compiling import Passes, forward_passes
from artgan.core.config import RunConfig
from artgan.core.distributed import World
from artgan.core.state import TrainingState
from artgan.errors import PluginError
from artgan.plugin.ranks import draw


@contextmanager
def without_gradients(network: nn.Module) -> Iterator[None]:
    """Keep a network from collecting gradients inside the block; they still pass through it."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)


@dataclass(frozen=True)
class StepContext:
    """Everything one training step needs."""

    parts: Parts
    config: RunConfig
    state: TrainingState
    world: World

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return torch.device(self.config.device)

    @cached_property
    def passes(self) -> Passes:
        """The networks as they are called, compiled if so configured."""
        training, state = self.config.training, self.state
        keeps = training.updates == "simultaneous"
        return forward_passes(
            state.generator, state.discriminator, training.compile, keeps_graph=keeps
        )

    def autocast(self) -> AbstractContextManager[Any]:
        """Run networks in the configured number format; weights stay float32."""
        bf16 = self.config.training.precision == "bf16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=bf16)

    def draw(self, index: int) -> "Batch":
        """Draw the own part of batch ``index``: real images, latents, and the labels of both."""
        own = self.world.own(self.config.training.batch, self.config.training.accumulate)
        batches = self.parts.batches
        real, labels = batches.own(index, own)
        if batches.table.vary is not None:
            real = batches.table.vary(real)
        if self.config.classes == 0:
            labels = None
        key = keyed_generator(self.config.seed, "latents", index, 0)
        shape: tuple[int, ...] = self.state.generator.latent_shape  # type: ignore[assignment]
        latents = draw(torch.randn, len(own), *shape, generator=key).to(self.device)
        return Batch(real, latents, labels)

    def split(self, batch: "Batch") -> "Iterator[tuple[float, Batch]]":
        """Cut a batch into the configured number of parts, each with its share of the whole."""
        training = self.config.training
        for share, place in self.world.split(training.batch, training.accumulate):
            yield share, batch.cut(place)

    def generate(self, batch: "Batch") -> Tensor:
        """Generate fakes (N, C, H, W) in [-1, 1] as float32."""
        with self.autocast():
            fake: Tensor = self.passes.generator(batch.latents, batch.labels)
        wanted = (len(batch.latents), *batch.real.shape[1:])
        if fake.shape != wanted:
            raise PluginError(
                f"architecture '{self.config.architecture.name}': its generator gave images of "
                f"shape {tuple(fake.shape)}; expected {wanted}"
            )
        return fake.float()

    def augment(self, images: Tensor) -> Tensor:
        """Apply the augmentations to images (N, C, H, W)."""
        for _, augment in self.parts.augmentations:
            images = augment(images)
        return images

    def judge(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Augment images and compute their logits (N,) as float32."""
        images = self.augment(images)
        with self.autocast():
            logits: Tensor = self.passes.discriminator(images, labels)
        return self.checked(logits, images)

    def judge_with_own_loss(self, real: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Augment real images; compute their logits (N,) and the discriminator's own loss."""
        images = self.augment(real)
        assert self.passes.own_loss is not None
        with self.autocast():
            logits, loss = self.passes.own_loss(images, labels)
        return self.checked(logits, images), loss.float()

    def checked(self, logits: Tensor, images: Tensor) -> Tensor:
        """Return logits as float32 after checking that their shape is (N,)."""
        if logits.shape != (len(images),):
            raise PluginError(
                f"architecture '{self.config.architecture.name}': its discriminator gave logits of "
                f"shape {tuple(logits.shape)}; expected {(len(images),)}"
            )
        return logits.float()

    def judge_pairs(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Compute real and fake logits, and the discriminator's own loss by name if it has one.

        Real and fake go through in one pass where the network allows.
        """
        if self.passes.own_loss is not None:
            real_logits, own = self.judge_with_own_loss(real, labels)
            return real_logits, self.judge(fake, labels), {"own_loss": own}
        if not self.parts.independent or real.shape != fake.shape:
            return self.judge(real, labels), self.judge(fake, labels), {}
        both = None if labels is None else torch.cat([labels, labels])
        real_logits, fake_logits = self.judge(torch.cat([real, fake]), both).chunk(2)
        return real_logits, fake_logits, {}

    def loss(self, side: str, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Compute the loss of one side, "generator" or "discriminator", as a scalar."""
        value: Tensor = getattr(self.parts.loss, side)(real_logits, fake_logits)
        if not isinstance(value, Tensor) or value.ndim != 0:
            what = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise PluginError(
                f"loss '{self.config.loss.name}': its {side} gave {what}; expected a scalar tensor"
            )
        return value

    def penalty(
        self, side: str, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Compute the weighted sum of the penalties due in this step, and each value by name.

        A penalty that comes every k steps counts k times (StyleGAN2, appendix B).
        """
        final, state = self.config.training.penalty_final, self.state
        weight = 1 - state.schedule.part(1 - final, state.step)
        total = torch.zeros((), device=self.device)
        each = {}
        network = self.state.discriminator if side == "discriminator" else self.state.generator
        for penalty in self.parts.penalties:
            if penalty.side == side and self.state.step % penalty.every == 0:
                # Second derivatives need the precision of float32, and the plain network.
                value = penalty.part.penalty(lambda x: network(x, labels), real, fake)
                total = total + weight * penalty.every * value
                each[penalty.name] = value.detach()
        return total, each

    def adapt_augmentations(self, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
        """Show the real logits to augmentations that adapt to them; return their probabilities.

        Relativistic losses fix only differences of logits, so the mean of the fakes is subtracted.
        """
        now = {}
        for name, augment in self.parts.augmentations:
            if hasattr(augment, "observe"):
                real, fake = self.world.gather(real_logits), self.world.gather(fake_logits)
                level = fake.mean() if self.parts.compares_pairs else 0.0
                augment.observe((real - level).detach())
            if hasattr(augment, "probability"):
                now[name] = torch.tensor(float(augment.probability), device=self.device)
        return now

    def update(self, side: str, measured: dict[str, Tensor]) -> dict[str, Tensor]:
        """Update one side, "generator" or "discriminator", and clear its gradients.

        Returns what was measured, over all processes.
        """
        measured = self.world.combine(getattr(self.state, side), measured)
        optimizer = getattr(self.state, f"{side}_optimizer")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return measured


@dataclass(frozen=True)
class Batch:
    """One batch of training data.

    Attributes:
        real: Real images (N, C, H, W) in [-1, 1].
        latents: Latents of the fakes (N, *latent_shape).
        labels: Labels of both (N,), or None.
    """

    real: Tensor
    latents: Tensor
    labels: Tensor | None

    def cut(self, place: slice) -> "Batch":
        """Cut out a part, which needs less memory than the whole."""
        labels = None if self.labels is None else self.labels[place]
        return Batch(self.real[place], self.latents[place], labels)


def mean_logits(real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """Return the mean logit of real and fake images by name."""
    return {"real_logits": real_logits.mean(), "fake_logits": fake_logits.mean()}


def add_share(total: dict[str, Tensor], share: float, values: Mapping[str, Tensor]) -> None:
    """Add the values of a part of a batch, weighted by its share, to those of the whole."""
    for name, value in values.items():
        total[name] = total.get(name, 0.0) + share * value.detach()
