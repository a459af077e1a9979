"""Judges how training goes: cheap measures now and then, and warnings in plain words.

Every measure follows from the state alone, so that a resumed run measures what the unbroken one
does. The figures go into metrics.jsonl under the names used here.
"""

import math
from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn

from artgan.base.premultiply import premultiply
from artgan.core.build import Parts
from artgan.core.config import RunConfig
from artgan.core.sample import draw_inputs, sample_pixels
from artgan.core.state import StepReport, TrainingState
from artgan.monitoring.collapse import CollapseWatch
from artgan.monitoring.judge import Judge
from artgan.monitoring.quality import distances, shrunk, variety
from artgan.monitoring.telling import Telling

LOOKED_AT = 64

MEASURED = 256

COLLAPSE = 0.35

DISCRIMINATOR_HAS_WON = 12.0

NOTHING_TO_LEARN = 0.01
"""Loss at which the discriminator is right about all pictures; losses with margins or targets stop
there, however far apart the logits are."""

MEMORIZED = 0.6

OSCILLATING = 0.75


def inspect_training(
    parts: Parts, config: RunConfig, state: TrainingState, report: StepReport
) -> tuple[dict[str, float], str]:
    """Measure how training goes; return measures by name and a warning in plain words or ""."""
    fakes = _fakes(state.generator_ema, config, LOOKED_AT)
    reals = _reals(parts, LOOKED_AT)
    measured = {"variety": variety(fakes, reals)}
    if config.training.ema_half_life > 0:
        spread = max(distances(reals)[0], 1e-6)
        measured["oscillation"] = oscillation(state, config, fakes) / spread
    if parts.batches.held_out.size:
        measured["memorization"] = memorization(parts, config, state, fakes)
    early = report.step < max(50, state.schedule.end // 10)
    finite = all(map(math.isfinite, measured.values()))
    return measured, "" if early or not finite else warning(
        measured, report, remedies_in_use(config)
    )


class Diagnostics:
    """Judges a training by its samples: the monitor that a run has unless told otherwise.

    ``collapse`` says in words that the generator has collapsed early, or "". ``telling`` keeps what
    was measured for whoever shows it. ``judge`` says which checkpoint is best.
    """

    def __init__(self, judge: Judge, telling: Telling | None = None) -> None:
        self.judge = judge
        self.telling = telling
        self._watch = CollapseWatch()

    @property
    def collapse(self) -> str:
        """That the generator has collapsed early, in words, or "" if it has not."""
        return self._watch.found

    def quality(self, parts: Parts, config: RunConfig, state: TrainingState) -> float:
        """Compute how far samples are from perfect by the run's metric; smaller is better."""
        fakes = _fakes(state.generator_ema, config, MEASURED)
        return self.judge.distance(_reals(parts, MEASURED), fakes)

    def look(
        self, parts: Parts, config: RunConfig, state: TrainingState, report: StepReport
    ) -> tuple[dict[str, float], str]:
        """Measure as ``inspect_training`` does, and watch out for a collapse."""
        measured, told = inspect_training(parts, config, state, report)
        self._watch.look(measured, report.step, state.schedule.part(1.0, report.step))
        return measured, told


def remedies_in_use(config: RunConfig) -> set[str]:
    """List the remedies that a run uses already."""
    penalties = {part.name for part in config.regularizers}
    paired = config.loss.name == "core/rpgan" and {"core/r1", "core/r2"} <= penalties
    cures = {
        "augmentation": bool(config.augmentations),
        "pairs": paired,
        "penalty": "core/r1" in penalties,
    }
    return {name for name, taken in cures.items() if taken}


def warning(measured: Mapping[str, float], report: StepReport, taken: Collection[str] = ()) -> str:
    """Describe what looks wrong and what to try; "" if nothing does.

    Several warnings may apply at once: the pictures of a collapsed generator look alike and are
    easily told from real ones.
    """
    alike = measured["variety"] < COLLAPSE
    # Wasserstein's falls below 0 without end: there only the distance tells.
    won = (
        0 <= report.discriminator_loss < NOTHING_TO_LEARN
        or report.real_logits - report.fake_logits > DISCRIMINATOR_HAS_WON
    )
    found = []
    if alike:
        cure = (
            "--loss rpgan with --regularizer r1 --regularizer r2, or a lower --train.generator-lr"
        )
        if "pairs" in taken:
            cure = "a --train.generator-lr of a quarter of --train.discriminator-lr"
        found.append(
            f"The pictures look alike (variety {measured['variety']:.0%} of the real ones): the "
            f"generator may have collapsed. Try {cure}."
        )
    if won:
        cure = "a larger --regularizer.r1.gamma" if "penalty" in taken else "--regularizer r1"
        found.append(
            "The discriminator has won: it recognizes every fake, and the generator learns "
            f"nothing. Try {cure} or a lower --train.discriminator-lr."
        )
    if measured.get("memorization", 0.0) > MEMORIZED and not won:
        first = "" if "augmentation" in taken else "--augmentation diffaugment, "
        found.append(
            "The discriminator has memorized its pictures: it takes real ones that it was never "
            f"shown for fakes ({min(1.0, measured['memorization']):.0%} of the way). Try {first}"
            "more pictures, or fewer --steps."
        )
    if measured.get("oscillation", 0.0) > OSCILLATING:
        found.append(
            "The generator oscillates: it is far from its own average. Try lower rates "
            "(--train.generator-lr, --train.discriminator-lr), --train.beta1 0 or --regularizer r1."
        )
    return " ".join(found)


def oscillation(state: TrainingState, config: RunConfig, averaged: Tensor) -> float:
    """Measure how far the generator's pictures are from those of its average, for the same seeds.

    In the same units as ``variety``. A generator that settles comes near its average, one that
    oscillates does not.
    """
    current = _fakes(state.drawing, config, len(averaged))
    return float((shrunk(current) - shrunk(averaged)).norm(dim=1).mean())


@torch.no_grad()
def memorization(parts: Parts, config: RunConfig, state: TrainingState, fakes: Tensor) -> float:
    """Measure how much more real the discriminator finds its training pictures than held-out ones.

    Karras et al. 2020, "Training GANs with Limited Data", equation 1: (E[train] - E[held out]) /
    (E[train] - E[fakes]) of the logits; 0 is a sound judge, 1 takes everything new for fake.
    """
    network, device = state.discriminator, torch.device(config.device)
    was_training = network.training
    network.eval()
    held = parts.batches.held_out[:MEASURED]
    every = max(1, len(parts.batches.shown) // MEASURED)
    shown = parts.batches.shown[::every][:MEASURED]
    means = []
    for images, labels in (parts.batches.at(shown), parts.batches.at(held)):
        given = labels if config.classes else None
        means.append(network(images, given).float().mean())
    chosen = draw_inputs(state.generator_ema, range(len(fakes)), config.label_weights)[1]
    given = None if chosen is None else chosen.to(device)
    means.append(network(fakes.to(device), given).float().mean())
    network.train(was_training)
    gap = float(means[0] - means[2])
    return float(means[0] - means[1]) / gap if gap > 1e-3 else 0.0


def _fakes(generator: nn.Module, config: RunConfig, count: int) -> Tensor:
    made = sample_pixels(generator, range(count), config.label_weights)
    pixels = torch.stack([torch.from_numpy(p) for _, p in made])
    images = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    return premultiply(images) if config.premultiplied else images


def _reals(parts: Parts, count: int) -> Tensor:
    batches = parts.batches
    rng = torch.Generator().manual_seed(0)
    chosen = torch.randint(len(batches.shown), (count,), generator=rng).numpy()
    return batches.at(batches.shown[chosen])[0].cpu()
