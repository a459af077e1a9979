"""How a GAN is trained here. Start reading at ``train``.

The loop is a Python generator: it computes and yields one report a step; files, printing and
observers belong to whoever consumes it (``artgan.core.runner``).
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from artgan.core.build import Parts
from artgan.core.compiling import Passes, forward_passes
from artgan.core.config import RunConfig
from artgan.core.distributed import World, average_gradients
from artgan.core.frozen import freeze, untouched
from artgan.core.keyed import keyed_generator, keyed_global_rng
from artgan.core.memory import reusing_memory
from artgan.errors import PluginError, TrainingError

TINY = 1e-20


@dataclass
class TrainingState:
    """All that changes while training; this, and no more, is what a checkpoint holds.

    Attributes:
        generator: Images from latents.
        discriminator: Logits from images.
        generator_ema: Running average of the generator; what samples are drawn from.
        generator_optimizer: Adam of the generator.
        discriminator_optimizer: Adam of the discriminator.
        step: Updates done.
    """

    generator: nn.Module
    discriminator: nn.Module
    generator_ema: nn.Module
    generator_optimizer: torch.optim.Optimizer
    discriminator_optimizer: torch.optim.Optimizer
    step: int = 0


@dataclass(frozen=True)
class StepReport:
    """What one step measured.

    Attributes:
        step: Updates done, this one included.
        images: Real pictures seen so far, repeats counted.
        discriminator_loss: Without penalties.
        generator_loss: Without penalties.
        real_logits: Mean logit of the real pictures.
        fake_logits: Mean logit of the fakes.
        penalties: Full name -> value, before it is multiplied by its interval; for augmentations
            that adapt, their probability; ``own_loss`` of a discriminator that has one.
        learning_rate: Of the generator.
    """

    step: int
    images: int
    discriminator_loss: float
    generator_loss: float
    real_logits: float
    fake_logits: float
    penalties: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 0.0


def new_state(generator: nn.Module, discriminator: nn.Module, config: RunConfig) -> TrainingState:
    """Give the state of step 0, on the config's device."""
    device, training = torch.device(config.device), config.training
    generator, discriminator = generator.to(device), discriminator.to(device)

    def adam(network: nn.Module, rate: float) -> torch.optim.Optimizer:
        betas = (training.beta1, training.beta2)
        fused = device.type in ("cpu", "cuda")
        return torch.optim.Adam(network.parameters(), lr=rate, betas=betas, fused=fused)

    freeze(discriminator, training.freeze_discriminator)
    average = deepcopy(generator).requires_grad_(False).eval()
    return TrainingState(
        generator=generator.train(),
        discriminator=discriminator.train(),
        generator_ema=average,
        generator_optimizer=adam(generator, training.generator_lr),
        discriminator_optimizer=adam(discriminator, training.discriminator_lr),
    )


def train(
    parts: Parts, config: RunConfig, state: TrainingState, world: World | None = None
) -> Iterator[StepReport]:
    """Train from ``state.step`` to the configured number of steps; yield a report for each.

    Args:
        parts: Loss, penalties, augmentations and real pictures.
        config: How to train.
        state: Networks and optimizers; changed in place, whole whenever a report is yielded.
        world: This process among others; None for one alone.

    Raises:
        TrainingError: A loss is not finite.
    """
    turn = Turn(parts, config, state, world or World())
    step_once = simultaneous_step if config.training.updates == "simultaneous" else alternating_step
    with reusing_memory(config.device):
        while state.step < config.training.steps:
            # Randomness follows from the step alone, so that a resumed run is the unbroken run.
            set_learning_rates(state, config)
            turn.passes.begin_step()
            with keyed_global_rng(turn.device, config.seed, "step", state.step, turn.world.rank):
                measured = step_once(turn)

            # Samples come from a running average, which is smoother than any single step.
            update_average(state, config, turn.world.size)
            state.step += 1

            report = make_report(measured, config, state, turn.world.size)
            yield report


@dataclass(frozen=True)
class Turn:
    """What a step works with, in one hand."""

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

    def draw(self, turn: int) -> "Draw":
        """Give what one update learns from; real and fake share the labels."""
        real, labels = self.parts.batches.get(turn, self.world.rank)
        if self.parts.batches.table.vary is not None:
            real = self.parts.batches.table.vary(real)
        if self.config.classes == 0:
            labels = None
        key = keyed_generator(self.config.seed, "latents", turn, self.world.rank)
        shape: tuple[int, ...] = self.state.generator.latent_shape  # type: ignore[assignment]
        latents = torch.randn(len(real), *shape, generator=key).to(self.device)
        return Draw(real, latents, labels)

    def divided(self, draw: "Draw") -> "list[tuple[float, Draw]]":
        """Cut a draw into the configured number of parts, each with its share of the whole."""
        parts = draw.cut(self.config.training.accumulate)
        return [(len(part.real) / len(draw.real), part) for part in parts]

    def generate(self, draw: "Draw") -> Tensor:
        """Give fakes (N, C, H, W) in [-1, 1] as float32."""
        with self.autocast():
            fake: Tensor = self.passes.generator(draw.latents, draw.labels)
        return fake.float()

    def augment(self, images: Tensor) -> Tensor:
        """Change images (N, C, H, W) as the discriminator shall see them."""
        for _, augment in self.parts.augmentations:
            images = augment(images)
        return images

    def judge(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Augment images and give their logits (N,) as float32."""
        images = self.augment(images)
        with self.autocast():
            logits: Tensor = self.passes.discriminator(images, labels)
        return self.checked(logits, images)

    def judge_and_learn(self, real: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Augment real images; give their logits (N,), and the discriminator's own loss."""
        images = self.augment(real)
        assert self.passes.own_loss is not None
        with self.autocast():
            logits, loss = self.passes.own_loss(images, labels)
        return self.checked(logits, images), loss.float()

    def checked(self, logits: Tensor, images: Tensor) -> Tensor:
        """Give logits as float32, if they have the right shape."""
        if logits.shape != (len(images),):
            raise PluginError(
                f"architecture '{self.config.architecture.name}': its discriminator gave logits of "
                f"shape {tuple(logits.shape)}; expected {(len(images),)}"
            )
        return logits.float()

    def judge_pairs(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Give real logits, fake logits, and the discriminator's own loss by name, if it has one.

        Real and fake go through in one pass where the network allows.
        """
        if self.passes.own_loss is not None:
            real_logits, own = self.judge_and_learn(real, labels)
            return real_logits, self.judge(fake, labels), {"own_loss": own}
        if not self.parts.independent or real.shape != fake.shape:
            return self.judge(real, labels), self.judge(fake, labels), {}
        both = None if labels is None else torch.cat([labels, labels])
        real_logits, fake_logits = self.judge(torch.cat([real, fake]), both).chunk(2)
        return real_logits, fake_logits, {}

    def loss(self, side: str, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Give the loss of one side, a scalar."""
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
        """Give the sum of the penalties due in this step, and each by name.

        A penalty that comes every k steps counts k times (StyleGAN2, appendix B).
        """
        training = self.config.training
        weight = 1 - (1 - training.penalty_final) * self.state.step / training.steps
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

    def observe(self, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
        """Show the real logits to augmentations that adapt to them; give their probabilities.

        A loss that compares pairs leaves the zero of the logits open: there they are measured from
        the mean of the fakes.
        """
        level = fake_logits.mean() if self.parts.compares_pairs else 0.0
        now = {}
        for name, augment in self.parts.augmentations:
            if hasattr(augment, "observe"):
                augment.observe((real_logits - level).detach())
            if hasattr(augment, "probability"):
                now[name] = torch.tensor(float(augment.probability), device=self.device)
        return now

    def update(self, side: str) -> None:
        """Let the optimizer of one side use the gradients at hand."""
        network = getattr(self.state, side)
        average_gradients(network.parameters(), self.world)
        optimizer = getattr(self.state, f"{side}_optimizer")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)


@dataclass(frozen=True)
class Draw:
    """What one update learns from.

    Attributes:
        real: Real images (N, C, H, W) in [-1, 1].
        latents: Latents of the fakes (N, *latent_shape).
        labels: Labels of both (N,), or None.
    """

    real: Tensor
    latents: Tensor
    labels: Tensor | None

    def cut(self, count: int) -> "list[Draw]":
        """Cut into at most ``count`` parts, which need less memory one by one."""
        if count == 1:
            return [self]
        reals, latents = self.real.chunk(count), self.latents.chunk(count)
        labels = [None] * len(reals) if self.labels is None else self.labels.chunk(count)
        return [Draw(*part) for part in zip(reals, latents, labels, strict=True)]


def alternating_step(turn: Turn) -> dict[str, Tensor]:
    """Update the discriminator, then let the generator answer the updated one."""
    training, state = turn.config.training, turn.state

    # The discriminator may learn from several batches for each of the generator's.
    first = state.step * training.discriminator_steps
    last = first + training.discriminator_steps - 1
    for extra in range(first, last):
        discriminator_step(turn, turn.draw(extra))

    # The fakes of the last batch serve both: first as examples, then as the generator's attempt.
    draw = turn.draw(last)
    fake = turn.generate(draw) if training.accumulate == 1 else None
    measured = discriminator_step(turn, draw, fake)
    return measured | generator_step(turn, draw, fake)


def discriminator_step(turn: Turn, draw: Draw, fake: Tensor | None = None) -> dict[str, Tensor]:
    """Teach the discriminator to tell real from fake images.

    Args:
        turn: What the step works with.
        draw: What it learns from.
        fake: Fakes (N, C, H, W) of the draw, if they are made already.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in turn.divided(draw):
        if fake is None:
            with torch.no_grad():
                shown = turn.generate(part)
        else:
            shown = fake.detach()
        real_logits, fake_logits, own = turn.judge_pairs(part.real, shown, part.labels)
        loss = turn.loss("discriminator", real_logits, fake_logits)
        penalty, each = turn.penalty("discriminator", part.real, shown, part.labels)
        (share * sum(own.values(), loss + penalty)).backward()
        seen.append((real_logits.detach(), fake_logits.detach()))
        means = _means(real_logits, fake_logits)
        _add_up(measured, share, {"discriminator_loss": loss, **means, **own, **each})
    turn.update("discriminator")
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | turn.observe(real_seen, fake_seen)


def generator_step(turn: Turn, draw: Draw, fake: Tensor | None = None) -> dict[str, Tensor]:
    """Teach the generator to be taken for real.

    Args:
        turn: What the step works with.
        draw: What it learns from.
        fake: Fakes (N, C, H, W) of the draw that still know how they were made, if there are.
    """
    measured: dict[str, Tensor] = {}
    with untouched(turn.state.discriminator):
        for share, part in turn.divided(draw):
            shown = turn.generate(part) if fake is None else fake
            real_logits = None
            if turn.parts.compares_pairs:
                with torch.no_grad():
                    real_logits = turn.judge(part.real, part.labels)
            loss = turn.loss("generator", real_logits, turn.judge(shown, part.labels))
            penalty, each = turn.penalty("generator", part.latents, part.latents, part.labels)
            (share * (loss + penalty)).backward()
            _add_up(measured, share, {"generator_loss": loss, **each})
    turn.update("generator")
    return measured


def simultaneous_step(turn: Turn) -> dict[str, Tensor]:
    """Update both networks from one look of the discriminator at real and fake.

    Both losses see the same logits, so the discriminator runs forward once. Where each logit
    depends on its own picture alone, so does the gradient that flows back to a fake, and it only
    differs by a factor per picture between the two losses: one backward pass serves both.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in turn.divided(turn.draw(turn.state.step)):
        fake = turn.generate(part)
        shown = fake.detach().requires_grad_(True)
        real_logits, fake_logits, own = turn.judge_pairs(part.real, shown, part.labels)
        seen.append((real_logits.detach(), fake_logits.detach()))

        # How either loss wants each fake's logit to move.
        loss, answer, push, pull = _slopes(turn, real_logits, fake_logits)

        # Back through the discriminator: its own gradients, and the fakes' by the way.
        penalty, each = turn.penalty("discriminator", part.real, fake.detach(), part.labels)
        one_pass = bool((push.abs() > TINY).all())
        (share * sum(own.values(), loss + penalty)).backward(retain_graph=not one_pass)
        if one_pass:
            assert shown.grad is not None
            slope = shown.grad * (pull / push).view(-1, 1, 1, 1)
        else:
            slope = share * torch.autograd.grad(fake_logits, shown, pull)[0]

        # Back through the generator, from the fakes.
        held, more = turn.penalty("generator", part.latents, part.latents, part.labels)
        if held.requires_grad:
            (share * held).backward()
        fake.backward(slope)
        losses = {"discriminator_loss": loss, "generator_loss": answer}
        _add_up(measured, share, losses | _means(real_logits, fake_logits) | own | each | more)
    turn.update("discriminator")
    turn.update("generator")
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | turn.observe(real_seen, fake_seen)


def _means(real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    return {"real_logits": real_logits.mean(), "fake_logits": fake_logits.mean()}


def _add_up(total: dict[str, Tensor], share: float, values: Mapping[str, Tensor]) -> None:
    """Add the share of a part to what the whole batch measures."""
    for name, value in values.items():
        total[name] = total.get(name, 0.0) + share * value.detach()


def _slopes(
    turn: Turn, real_logits: Tensor, fake_logits: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Give both losses, and the derivative of each by the fake logits (N,)."""
    loss = turn.loss("discriminator", real_logits, fake_logits)
    (push,) = torch.autograd.grad(loss, fake_logits, retain_graph=True)
    seen = fake_logits.detach().requires_grad_(True)
    pairs = real_logits.detach() if turn.parts.compares_pairs else None
    answer = turn.loss("generator", pairs, seen)
    (pull,) = torch.autograd.grad(answer, seen)
    return loss, answer, push, pull


def set_learning_rates(state: TrainingState, config: RunConfig) -> None:
    """Let the rates rise over the first steps, hold them, and let them fall linearly."""
    training = config.training
    done = state.step / training.steps
    falling = max(0.0, done - training.lr_hold) / max(1e-9, 1 - training.lr_hold)
    share = 1 - (1 - training.lr_final) * min(1.0, falling)
    share *= min(1.0, (state.step + 1) / (training.lr_warmup + 1))
    for side in ("generator", "discriminator"):
        for group in getattr(state, f"{side}_optimizer").param_groups:
            group["lr"] = getattr(training, f"{side}_lr") * share


@torch.no_grad()
def update_average(state: TrainingState, config: RunConfig, ranks: int = 1) -> None:
    """Move the averaged generator towards the current one.

    The half-life counts pictures and grows with training at first (StyleGAN2's ramp), so that the
    blur of the first steps is soon forgotten. Batch-norm statistics are averaged as well.
    """
    training = config.training
    batch = training.batch * ranks
    half_life = min(training.ema_half_life, training.ema_ramp * batch * (state.step + 1))
    keep = 0.5 ** (batch / half_life) if half_life > 0 else 0.0
    averages, currents = [], []
    for average, current in zip(
        state.generator_ema.state_dict().values(),
        state.generator.state_dict().values(),
        strict=True,
    ):
        if average.is_floating_point():
            averages.append(average)
            currents.append(current)
        else:
            average.copy_(current)
    torch._foreach_lerp_(averages, currents, 1 - keep)


def make_report(
    measured: Mapping[str, Tensor], config: RunConfig, state: TrainingState, ranks: int = 1
) -> StepReport:
    """Turn measured tensors into plain numbers; refuse a loss that is not finite."""
    values = torch.stack([value.float() for value in measured.values()]).tolist()
    numbers = dict(zip(measured, values, strict=True))
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise TrainingError(
                f"training blew up at step {state.step}: {name.replace('_', ' ')} is {value}. "
                "Try lower rates (--train.generator-lr, "
                "--train.discriminator-lr), --regularizer r1, or --train.precision fp32."
            )
    own = ("discriminator_loss", "generator_loss", "real_logits", "fake_logits")
    return StepReport(
        step=state.step,
        images=state.step * config.training.batch * config.training.discriminator_steps * ranks,
        **{name: numbers[name] for name in own},
        penalties={name: value for name, value in numbers.items() if name not in own},
        learning_rate=state.generator_optimizer.param_groups[0]["lr"],
    )
