"""How a GAN is trained here. Start reading at ``train``.

The loop is a Python generator: it computes and yields one report a step; files, printing and
observers belong to whoever consumes it (``artgan.core.runner``).
"""

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from artgan.base.memory import reusing_memory
from artgan.base.seeding import keyed_global_rng
from artgan.core.build import Parts
from artgan.core.config import RunConfig
from artgan.core.distributed import World
from artgan.core.simultaneous import simultaneous_step
from artgan.core.state import StepReport, TrainingState
from artgan.core.step import Batch, StepContext, add_share, mean_logits, without_gradients
from artgan.errors import TrainingError


def train(
    parts: Parts, config: RunConfig, state: TrainingState, world: World | None = None
) -> Iterator[StepReport]:
    """Train from ``state.step`` to the end of ``state.schedule``; yield a report for each step.

    Args:
        parts: Loss, penalties, augmentations and real pictures.
        config: How to train.
        state: Networks and optimizers; changed in place, of one step at each report.
        world: This process among others; None for one alone.

    Raises:
        TrainingError: A loss is not finite.
    """
    context = StepContext(parts, config, state, world or World())
    step_once = simultaneous_step if config.training.updates == "simultaneous" else alternating_step
    with reusing_memory(config.device):
        while state.step < state.schedule.end:
            # Random numbers depend on (seed, step) alone: a resumed run equals the unbroken run.
            set_learning_rates(state, config)
            context.passes.begin_step()
            with (
                keyed_global_rng(context.device, config.seed, "step", state.step, 0),
                context.world.step(state, parts),
            ):
                measured = step_once(context)

            # Samples come from a running average, which is smoother than any single step.
            update_average(state, config)
            state.step += 1

            report = make_report(measured, config, state)
            yield report


def alternating_step(context: StepContext) -> dict[str, Tensor]:
    """Update the discriminator, then the generator against the updated discriminator."""
    training, state = context.config.training, context.state

    # The discriminator may learn from several batches for each of the generator's.
    first = state.step * training.discriminator_steps
    last = first + training.discriminator_steps - 1
    for extra in range(first, last):
        discriminator_step(context, context.draw(extra))

    # The fakes of the last batch serve both: first as examples, then as the generator's attempt.
    batch = context.draw(last)
    fake = context.generate(batch) if training.accumulate == 1 else None
    measured = discriminator_step(context, batch, fake)
    return measured | generator_step(context, batch, fake)


def discriminator_step(
    context: StepContext, batch: Batch, fake: Tensor | None = None
) -> dict[str, Tensor]:
    """Teach the discriminator to tell real from fake images.

    ``fake`` holds the fakes (N, C, H, W) of the batch, if they are made already.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in context.split(batch):
        if fake is None:
            with torch.no_grad():
                shown = context.generate(part)
        else:
            shown = fake.detach()
        real_logits, fake_logits, own = context.judge_pairs(part.real, shown, part.labels)
        loss = context.loss("discriminator", real_logits, fake_logits)
        penalty, each = context.penalty("discriminator", part.real, shown, part.labels)
        (share * sum(own.values(), loss + penalty)).backward()
        seen.append((real_logits.detach(), fake_logits.detach()))
        means = mean_logits(real_logits, fake_logits)
        add_share(measured, share, {"discriminator_loss": loss, **means, **own, **each})
    measured = context.update("discriminator", measured)
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | context.adapt_augmentations(real_seen, fake_seen)


def generator_step(
    context: StepContext, batch: Batch, fake: Tensor | None = None
) -> dict[str, Tensor]:
    """Teach the generator to make images that the discriminator takes for real.

    ``fake`` holds the fakes (N, C, H, W) of the batch with their graph, if they are made already.
    """
    measured: dict[str, Tensor] = {}
    with without_gradients(context.state.discriminator):
        for share, part in context.split(batch):
            shown = context.generate(part) if fake is None else fake
            real_logits = None
            if context.parts.compares_pairs:
                with torch.no_grad():
                    real_logits = context.judge(part.real, part.labels)
            loss = context.loss("generator", real_logits, context.judge(shown, part.labels))
            penalty, each = context.penalty("generator", part.latents, part.latents, part.labels)
            (share * (loss + penalty)).backward()
            add_share(measured, share, {"generator_loss": loss, **each})
    return context.update("generator", measured)


def set_learning_rates(state: TrainingState, config: RunConfig) -> None:
    """Let the rates rise over the first steps, hold them, and let them fall linearly."""
    training = config.training
    done = state.schedule.part(1.0, state.step)
    falling = max(0.0, done - training.lr_hold) / max(1e-9, 1 - training.lr_hold)
    share = 1 - (1 - training.lr_final) * min(1.0, falling)
    share *= min(1.0, (state.step + 1) / (training.lr_warmup + 1))
    for side in ("generator", "discriminator"):
        for group in getattr(state, f"{side}_optimizer").param_groups:
            group["lr"] = getattr(training, f"{side}_lr") * share


@torch.no_grad()
def update_average(state: TrainingState, config: RunConfig) -> None:
    """Move the averaged generator towards the current one.

    The half-life counts pictures and grows with training at first (StyleGAN2's ramp), so that the
    blur of the first steps is soon forgotten. Batch-norm statistics are averaged as well.
    """
    training = config.training
    half_life = min(training.ema_half_life, training.ema_ramp * training.batch * (state.step + 1))
    keep = 0.5 ** (training.batch / half_life) if half_life > 0 else 0.0
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
    measured: Mapping[str, Tensor], config: RunConfig, state: TrainingState
) -> StepReport:
    """Turn measured tensors into plain numbers; raise if one is not finite."""
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
        images=state.step * config.training.batch * config.training.discriminator_steps,
        **{name: numbers[name] for name in own},
        penalties={name: value for name, value in numbers.items() if name not in own},
        learning_rate=state.generator_optimizer.param_groups[0]["lr"],
    )
