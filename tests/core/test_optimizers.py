"""Optimizers and schedules, as the training options name them."""

from math import cos, pi
from pathlib import Path
from typing import Any

import pytest
import torch

import artgan
from artgan.core.build import build_optimizer, build_schedule
from artgan.core.checkpoint import read_tensors
from artgan.core.registry import Registry
from artgan.core.state import new_state
from artgan.errors import UnknownNameError
from artgan.plugin import Moment
from tests.conftest import TOY


def planned(**options: Any) -> Any:
    methods = options.pop("methods", {})
    return artgan.plan(
        **TOY, dataset="mnist", training_options=options, method_options=methods
    ).config


def moment(step: int) -> Moment:
    return Moment(step=step, part=lambda amount: amount * step / 8)


def test_adamw_lets_weights_fall(registry: Registry) -> None:
    def moved(weight_decay: float) -> torch.Tensor:
        config = planned(optimizer="adamw", methods={"optimizer": {"weight_decay": weight_decay}})
        layer = torch.nn.Linear(4, 1, bias=False)
        torch.nn.init.constant_(layer.weight, 1.0)
        optimizer = build_optimizer("generator", "generator", layer, config, registry)
        layer.weight.grad = torch.zeros(1, 4)
        optimizer.step()
        return layer.weight.detach()

    rate = planned(optimizer="adamw").training.generator_lr
    assert torch.equal(moved(0.0), torch.ones(1, 4))
    torch.testing.assert_close(moved(0.5), torch.full((1, 4), 1 - 0.5 * rate))


def test_every_network_has_its_own_rate(registry: Registry) -> None:
    state = new_state(planned(generator_lr=0.01, discriminator_lr=0.02), registry)
    rates = {name: each.param_groups[0]["lr"] for name, each in state.optimizers.items()}
    assert rates == {"generator": 0.01, "discriminator": 0.02}


def test_cosine_falls_slowly_at_both_ends(registry: Registry) -> None:
    options = {"lr_hold": 0.0, "lr_final": 0.2, "penalty_final": 0.4, "schedule": "cosine"}
    part = build_schedule(planned(**options), registry)
    levels = [part.at(moment(step)) for step in (0, 2, 4, 8)]
    rates = [0.2 + 0.8 * (1 + cos(pi * done)) / 2 for done in (0, 0.25, 0.5, 1)]
    assert [level.learning_rate for level in levels] == pytest.approx(rates)
    assert [level.penalties for level in levels][::2] == pytest.approx([1.0, 0.7])
    assert levels[-1].half_life > levels[0].half_life


@pytest.mark.parametrize("name", ["lion", "adamw"])
def test_a_run_with_another_optimizer_resumes_exactly(
    name: str, registry: Registry, tmp_path: Path
) -> None:
    registry.add_file(Path(__file__).parents[2] / "examples/single/lion.py")
    options = {"optimizer": name, "schedule": "cosine", "checkpoint_every": 2}
    settings = {**TOY, "dataset": "mnist", "registry": registry, "training_options": options}
    whole = artgan.train(out=tmp_path / "whole", **settings)
    for report in artgan.training(out=tmp_path / "parts", **settings):
        if report.step == 2:
            break
    resumed = artgan.resume(tmp_path / "parts", registry=registry)
    ours, theirs = read_tensors(resumed.checkpoint), read_tensors(whole.checkpoint)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    written = (tmp_path / "whole/run.toml").read_text()
    assert f'optimizer = "{name}"' in written or 'optimizer = "lion/lion"' in written


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"optimizer": "adma"}, "no optimizer 'adma'. Did you mean 'adam'"),
        ({"schedule": "liner"}, "no schedule 'liner'. Did you mean 'linear'"),
    ],
)
def test_a_wrong_name_is_told(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UnknownNameError, match=says):
        planned(**options)
