"""Trainings that go wrong on purpose: each is told, in its own words."""

from dataclasses import replace
from typing import Any

import pytest

import artgan
from artgan.core.build import build_parts
from artgan.core.state import new_state
from artgan.core.train import train
from artgan.monitoring.diagnostics import inspect_training
from artgan.plugin_manager.load import load_registry

REGISTRY = load_registry(packages=False)
PLAIN: dict[str, Any] = {"precision": "fp32", "beta1": 0.9}


def told(first: int, every: int, count: int = 10_000, **settings: Any) -> str:
    """Train toy networks on digits; give what is said at looks from a step on."""
    training = {**PLAIN, **settings.pop("training")}
    channels = settings.pop("channels", 8)
    settings = {"regularizers": {}, "batch": 16, "size": 16, "device": "cpu", **settings}
    networks = {"base_channels": channels, "latent_size": 8, "labels": False}
    plan = artgan.plan(
        "dcgan", "mnist", arch_options=networks, training_options=training, registry=REGISTRY,
        **settings,
    )  # fmt: skip
    labels = None if plan.table.labels is None else plan.table.labels[:count]
    table = replace(plan.table, images=plan.table.images[:count], labels=labels)
    parts = build_parts(plan.config, table, REGISTRY)
    state = new_state(plan.config, REGISTRY)
    reports = train(parts, plan.config, state)
    due = (r for r in reports if r.step >= first and r.step % every == 0)
    return " ".join(inspect_training(parts, plan.config, state, report)[1] for report in due)


def test_a_generator_that_hurries_collapses() -> None:
    rates = {"generator_lr": 0.02, "discriminator_lr": 0.02}
    average = {"ema_half_life": 2000, "ema_ramp": 1.0}
    said = told(60, 20, steps=100, loss="hinge", training={**rates, **average})
    assert "The pictures look alike" in said


@pytest.mark.parametrize("loss", ["bce", "hinge"])
def test_a_generator_that_stands_still_loses(loss: str) -> None:
    rates = {"generator_lr": 1e-6, "discriminator_lr": 5e-3, "beta1": 0.5, "clusters": 0}
    assert "The discriminator has won" in told(60, 60, steps=60, loss=loss, training=rates)


def test_a_few_pictures_are_memorized() -> None:
    rates = {"generator_lr": 1e-3, "discriminator_lr": 2e-3, "beta1": 0.0, "holdout": 0.25}
    said = told(200, 50, 64, steps=300, channels=16, loss="hinge", training=rates)
    assert "has memorized its pictures" in said


def test_a_generator_that_jumps_oscillates() -> None:
    rates = {"generator_lr": 0.1, "discriminator_lr": 5e-3, "clusters": 0}
    average = {"ema_half_life": 500, "ema_ramp": 1.0}
    penalties = {name: {"gamma": 0.1, "every": 2} for name in ("r1", "r2")}
    said = told(
        60, 5, steps=120, loss="rpgan", regularizers=penalties, training={**rates, **average}
    )
    assert "The generator oscillates" in said
