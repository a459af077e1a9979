from typing import Any

import numpy as np
import pytest
import torch

import artgan
from artgan.core.build import build_parts
from artgan.core.data import Batches, ImageTable, split
from artgan.core.registry import Registry
from artgan.core.state import StepReport, TrainingState, new_state
from artgan.monitoring.diagnostics import (
    inspect_training,
    memorization,
    oscillation,
    remedies_in_use,
    warning,
)
from tests.conftest import TOY

REPORT = StepReport(100, 400, 1.0, 1.0, real_logits=1.0, fake_logits=-1.0)


def test_no_batch_holds_a_picture_that_is_held_out() -> None:
    table = ImageTable(np.zeros((1000, 2, 2, 1), np.uint8))
    batches = Batches(table, 64, 3, torch.device("cpu"), holdout=0.02)
    seen = {int(i) for draw in range(40) for i in batches.indices(draw)}
    assert len(batches.held_out) == 20
    assert seen == set(range(1000)) - set(batches.held_out.tolist())


@pytest.mark.parametrize(("count", "share", "held"), [(700, 0.02, 0), (10**6, 0.02, 256)])
def test_few_pictures_are_all_shown_and_many_nearly_all(
    count: int, share: float, held: int
) -> None:
    assert [len(part) for part in split(count, share, 0)] == [held, count - held]


def test_a_loss_with_margins_is_won_at_nothing() -> None:
    told = [
        "has won" in warning({"variety": 0.9}, StepReport(100, 400, loss, 1.0, 1.1, -1.1))
        for loss in (-3.0, 0.0, 0.2)
    ]
    assert told == [False, True, False]


@pytest.mark.parametrize(
    ("measured", "logits", "words"),
    [
        ({"variety": 0.9}, (1.0, -1.0), ""),
        ({"variety": 0.1}, (1.0, -1.0), "look alike"),
        ({"variety": 0.9}, (9.0, -9.0), "has won"),
        ({"variety": 0.9, "memorization": 0.9}, (1.0, -1.0), "memorized"),
        ({"variety": 0.9, "oscillation": 0.9}, (1.0, -1.0), "oscillates"),
    ],
)
def test_each_trouble_has_its_words(
    measured: dict[str, float], logits: tuple[float, float], words: str
) -> None:
    real, fake = logits
    said = warning(measured, StepReport(100, 400, 1.0, 1.0, real, fake))
    assert (words in said) if words else not said
    assert not said or "Try" in said


def test_what_is_done_already_is_not_advised() -> None:
    known, report = {"variety": 0.9, "memorization": 0.9}, StepReport(100, 400, 1.0, 1.0, 1.0, -1.0)
    assert "--augmentation" in warning(known, report)
    assert "Try more pictures" in warning(known, report, {"augmentation"})
    assert "--loss rpgan" in warning({"variety": 0.1}, report)
    won = StepReport(100, 400, 1.0, 1.0, 9.0, -9.0)
    assert "Try --regularizer r1 or" in warning({"variety": 0.9}, won)
    assert "Try a larger --regularizer.r1.gamma" in warning({"variety": 0.9}, won, {"penalty"})
    assert "Try a --train.generator-lr of a quarter" in warning({"variety": 0.1}, report, {"pairs"})


def test_the_cures_of_a_run_are_known() -> None:
    assert remedies_in_use(artgan.plan("dcgan", "gervais").config) == {
        "augmentation",
        "pairs",
        "penalty",
    }
    assert not remedies_in_use(artgan.plan("dcgan", "mnist", preset="classic").config)


class Memory(torch.nn.Module):
    """A discriminator that has learnt the mean brightness of its pictures by heart."""

    def __init__(self, known: torch.Tensor) -> None:
        super().__init__()
        self.known = known.flatten(1).mean(1)

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        away = (images.flatten(1).mean(1)[:, None] - self.known[None]).abs().amin(1)
        return (away < 1e-6).float()


def state_of(registry: Registry, **more: Any) -> tuple[Any, Any, TrainingState]:
    plan = artgan.plan(**{**TOY, **more}, registry=registry)
    state = new_state(plan.config, registry)
    return build_parts(plan.config, plan.table, registry), plan.config, state


def test_a_discriminator_that_only_knows_its_pictures_is_found_out(registry: Registry) -> None:
    parts, config, state = state_of(registry)
    fakes = torch.zeros(8, 1, 16, 16)
    state.networks["discriminator"] = Memory(parts.batches.at(parts.batches.shown)[0])
    assert memorization(parts, config, state, fakes) > 0.3
    everything = parts.batches.at(np.arange(parts.batches.table.count))[0]
    state.networks["discriminator"] = Memory(everything)
    assert memorization(parts, config, state, fakes) == 0


def test_a_generator_at_its_average_is_at_rest(registry: Registry) -> None:
    _, config, state = state_of(registry)
    fakes = torch.zeros(8, 1, 16, 16)
    with torch.no_grad():
        for parameter in state.generator.parameters():
            parameter.zero_()
        for parameter in state.generator_ema.parameters():
            parameter.zero_()
    assert oscillation(state, config, fakes) == pytest.approx(0, abs=0.2)
    with torch.no_grad():
        list(state.generator.parameters())[-1].fill_(3.0)
    assert oscillation(state, config, fakes) > 3


def test_what_is_measured_changes_nothing(registry: Registry) -> None:
    parts, config, state = state_of(registry)
    before = {k: v.clone() for k, v in state.discriminator.state_dict().items()}
    measured, said = inspect_training(parts, config, state, REPORT)
    assert set(measured) == {"variety", "oscillation", "memorization"}
    assert state.discriminator.training
    assert all(torch.equal(v, before[k]) for k, v in state.discriminator.state_dict().items())
    assert isinstance(said, str)
