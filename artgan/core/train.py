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
from artgan.base.suggest import join_names
from artgan.core.build import Parts
from artgan.core.config import RunConfig
from artgan.core.distributed import World
from artgan.core.state import StepReport, TrainingState
from artgan.core.step import StepContext, levels_now
from artgan.errors import PluginError, TrainingError


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
    with reusing_memory(config.device):
        while state.step < state.schedule.end:
            # Random numbers depend on (seed, step) alone: a resumed run equals the unbroken run.
            # What a schedule sets follows the progress of the run.
            levels = levels_now(parts, state)
            set_learning_rates(state, config, levels.learning_rate)
            context.passes.begin_step()
            with (
                keyed_global_rng(context.device, config.seed, "step", state.step, 0),
                context.world.step(state, parts),
            ):
                # How the networks learn from a batch: ``artgan/plugins/updates/alternating.py``.
                measured = parts.update.step(context)

            # Samples come from a running average, which is smoother than any single step.
            update_average(state, config.training.batch, levels.half_life)
            state.step += 1

            report = make_report(measured, config, state)
            yield report


def set_learning_rates(state: TrainingState, config: RunConfig, level: float) -> None:
    """Set the rate of each network to a share of that of its side."""
    for name, optimizer in state.optimizers.items():
        for group in optimizer.param_groups:
            group["lr"] = getattr(config.training, f"{state.sides[name]}_lr") * level


@torch.no_grad()
def update_average(state: TrainingState, batch: int, half_life: float) -> None:
    """Move the averaged networks, such as the generator, towards the current ones.

    The half-life counts pictures. Batch-norm statistics are averaged as well.
    """
    keep = 0.5 ** (batch / half_life) if half_life > 0 else 0.0
    averages, currents = [], []
    for name, network in state.averages.items():
        live = state.networks[name].state_dict().values()
        for average, current in zip(network.state_dict().values(), live, strict=True):
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
    if missing := [name for name in own if name not in numbers]:
        raise PluginError(
            f"update '{config.training.updates}' did not measure {join_names(missing, 'and')}; "
            "expected that of every step"
        )
    return StepReport(
        step=state.step,
        images=state.step * config.training.batch * config.training.discriminator_steps,
        **{name: numbers[name] for name in own},
        penalties={name: value for name, value in numbers.items() if name not in own},
        learning_rate=state.optimizers["generator"].param_groups[0]["lr"],
    )
