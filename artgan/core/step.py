"""What artgan does for every kind of step; ``artgan.plugin.updates`` tells updates of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from artgan.base.judgements import Judgements, only
from artgan.base.seeding import keyed_generator
from artgan.core.build import Parts
from artgan.core.compiling import Passes, forward_passes
from artgan.core.config import RunConfig
from artgan.core.distributed import World
from artgan.core.state import TrainingState
from artgan.errors import PluginError
from artgan.plugin import Levels, Moment
from artgan.plugin.ranks import draw
from artgan.plugin.updates import Batch


@dataclass(frozen=True)
class StepContext:
    """Everything one training step needs; an ``artgan.plugin.updates.UpdateContext``."""

    parts: Parts
    config: RunConfig
    state: TrainingState
    world: World

    @property
    def networks(self) -> Mapping[str, nn.Module]:
        """The networks by name."""
        return self.state.networks

    @property
    def step(self) -> int:
        """Steps done before this one."""
        return self.state.step

    @property
    def discriminator_steps(self) -> int:
        """Updates of the discriminator for each of the generator."""
        return self.config.training.discriminator_steps

    @property
    def accumulate(self) -> int:
        """In how many parts a batch is computed."""
        return self.config.training.accumulate

    @property
    def compares_pairs(self) -> bool:
        """Whether the generator's loss, or a regularizer of its side, sees the real logits."""
        asking = [p for p in self.parts.penalties if p.side == "generator"]
        return self.parts.compares_pairs or any(p.compares_pairs for p in asking)

    @cached_property
    def judgements(self) -> Judgements:
        """What logits were computed from, for losses and regularizers that see it."""
        return Judgements(self.parts.sees)

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return torch.device(self.config.device)

    @cached_property
    def passes(self) -> Passes:
        """The networks as they are called, compiled if so configured."""
        mode, keeps = self.config.training.compile, self.parts.keeps_graph
        return forward_passes(self.networks, mode, keeps_graph=keeps)

    def autocast(self) -> AbstractContextManager[Any]:
        """Run networks in the configured number format; weights stay float32."""
        bf16 = self.config.training.precision == "bf16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=bf16)

    def draw(self, index: int) -> Batch:
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

    def split(self, batch: Batch) -> Iterator[tuple[float, Batch]]:
        """Cut a batch into the configured number of parts, each with its share of the whole."""
        training = self.config.training
        for share, place in self.world.split(training.batch, training.accumulate):
            yield share, batch.cut(place)

    def call(self, network: str, *inputs: Any) -> Any:
        """Call a network in the configured number format; a tensor comes as float32."""
        # Features are read from the plain network: a compiled one tells nothing of its layers.
        plain = network != "generator" and "features" in self.judgements.sees
        with self.autocast():
            result = (self.networks if plain else self.passes.calls)[network](*inputs)
        return result.float() if isinstance(result, Tensor) else result

    def generate(self, batch: Batch) -> Tensor:
        """Generate fakes (N, C, H, W) in [-1, 1] as float32."""
        fake: Tensor = self.call("generator", batch.latents, batch.labels)
        wanted = (len(batch.latents), *batch.real.shape[1:])
        if fake.shape != wanted:
            raise PluginError(
                f"architecture '{self.config.architecture.name}': its generator gave images of "
                f"shape {tuple(fake.shape)}; expected {wanted}"
            )
        return fake

    def augment(self, images: Tensor) -> Tensor:
        """Apply the augmentations to images (N, C, H, W)."""
        for _, augment in self.parts.augmentations:
            images = augment(images)
        return images

    def judge(
        self, images: Tensor, labels: Tensor | None, *more: Any, network: str = "discriminator"
    ) -> Tensor:
        """Augment images and compute their logits (N,) as float32."""
        images, judgements = self.augment(images), self.judgements
        with judgements.watching(network, self.networks[network], images, labels, *more) as seen:
            logits = self.checked(self.call(network, images, labels, *more), images)
        return judgements.note(logits, images, labels, seen)

    def judge_with_own_loss(self, real: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Augment real images; compute their logits (N,) and the discriminator's own loss."""
        images, plain = self.augment(real), self.networks["discriminator"]
        own_loss = plain.with_own_loss if self.judgements.sees else self.passes.own_loss
        with self.judgements.watching("discriminator", plain, images, labels) as seen:
            with self.autocast():
                logits, loss = own_loss(images, labels)  # type: ignore[misc, operator]
            logits = self.checked(logits, images)
        return self.judgements.note(logits, images, labels, seen), loss.float()

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
        together = self.judge(torch.cat([real, fake]), both)
        return *self.judgements.halves(together), {}

    def loss(self, side: str, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Compute the loss of one side, "generator" or "discriminator", as a scalar."""
        parts, more = self.parts, tuple[Any, ...]()
        if self.judgements.sees:
            update = self.config.training.updates
            judged = self.judgements.of(real_logits, fake_logits, self.step, update)
            self.judgements.last[side] = judged
            more = (only(judged, parts.loss_sees),) if parts.loss_sees else ()
        if side == "generator" and not parts.compares_pairs:
            real_logits = None
        value: Tensor = getattr(parts.loss, side)(real_logits, fake_logits, *more)
        if not isinstance(value, Tensor) or value.ndim != 0:
            what = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise PluginError(
                f"loss '{self.config.loss.name}': its {side} gave {what}; expected a scalar tensor"
            )
        return value

    def penalty(
        self,
        side: str,
        real: Tensor,
        fake: Tensor,
        labels: Tensor | None,
        network: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Compute the weighted sum of the penalties due in this step, and each value by name.

        A penalty that comes every k steps counts k times (StyleGAN2, appendix B).
        """
        weight = levels_now(self.parts, self.state).penalties
        total = torch.zeros((), device=self.device)
        each = {}
        plain = self.networks[side]
        network = network or (lambda x: plain(x, labels))
        for penalty in self.parts.penalties:
            if penalty.side == side and self.state.step % penalty.every == 0:
                # Second derivatives need the precision of float32, and the plain network.
                given: tuple[Any, ...] = (network, real, fake)
                if penalty.sees:
                    given = (only(self.judgements.last[side], penalty.sees),)
                value = penalty.part.penalty(*given)
                total = total + weight * penalty.every * value
                each[penalty.name] = value.detach()
        self.judgements.last.pop(side, None)
        return total, each

    def adapt_augmentations(self, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
        """Show the logits to losses, regularizers and augmentations that remember them.

        Relativistic losses fix only differences of logits, so the mean of the fakes is subtracted
        for augmentations. Returns the probabilities of these.
        """
        parts = self.parts
        judges: list[Any] = [parts.loss, *(penalty.part for penalty in parts.penalties)]
        remembering = [part for part in judges if hasattr(part, "observe")]
        adapting = [augment for _, augment in parts.augmentations if hasattr(augment, "observe")]
        if remembering or adapting:
            both = (real_logits, fake_logits)
            real, fake = (self.world.gather(logits).detach() for logits in both)
            level = fake.mean() if parts.compares_pairs else 0.0
            for part in remembering:
                part.observe(real, fake)
            for augment in adapting:
                augment.observe(real - level)
        return {
            name: torch.tensor(float(augment.probability), device=self.device)
            for name, augment in parts.augmentations
            if hasattr(augment, "probability")
        }

    def update(self, network: str, measured: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Let a network's optimizer take its step, and clear the gradients.

        Returns what was measured, over all processes.
        """
        combined = self.world.combine(self.networks[network], dict(measured))
        optimizer = self.state.optimizers[network]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return combined


def levels_now(parts: Parts, state: TrainingState) -> Levels:
    """Return what the schedule sets for the next step."""
    done = state.step
    return parts.schedule.at(Moment(step=done, part=lambda all: state.schedule.part(all, done)))
