"""Every loss, regularizer and augmentation works with every architecture, or is refused.

A plain run tries each part with one architecture; the whole matrix is slow.
"""

from collections.abc import Sequence
from typing import Any, get_args, get_type_hints

import pytest

import artgan
from artgan.core.build import build_parts
from artgan.core.config import TrainingOptions
from artgan.core.state import new_state
from artgan.core.train import train
from artgan.errors import OptionError
from artgan.plugin_manager.load import load_registry

REGISTRY = load_registry(packages=False)


def names(kind: str) -> list[str]:
    return [entry.declaration.name for entry in REGISTRY.entries(kind)]


def with_architectures(parts: Sequence[str]) -> pytest.MarkDecorator:
    """Pair every part with every architecture; all pairs but one of each part are slow."""
    archs = names("architecture")
    pairs = [
        pytest.param(part, arch, marks=[pytest.mark.slow] if (row - column) % len(archs) else [])
        for row, part in enumerate(parts)
        for column, arch in enumerate(archs)
    ]
    return pytest.mark.parametrize(("part", "arch"), pairs)


def small(arch: str) -> dict[str, Any]:
    """Give options that make an architecture quick, as far as it has them."""
    wanted = {"base_channels": 8, "max_channels": 16, "latent_size": 8}
    has = REGISTRY.find("architecture", arch).declaration.options.__struct_fields__
    return {name: value for name, value in wanted.items() if name in has}


def losses_of_two_steps(arch: str, **settings: Any) -> list[float]:
    plan = artgan.plan(
        arch, "mnist", size=16, steps=2, batch=4, arch_options=small(arch),
        registry=REGISTRY, device="cpu", **settings,
    )  # fmt: skip
    state = new_state(plan.config, REGISTRY)
    reports = train(build_parts(plan.config, plan.table, REGISTRY), plan.config, state)
    return [report.generator_loss for report in reports]


@with_architectures(names("loss"))
def test_every_loss_with_every_architecture(part: str, arch: str) -> None:
    needs = REGISTRY.find("loss", part).declaration.needs_penalty
    penalties: dict[str, Any] | None = {"gradient-penalty": {}} if needs else None
    assert len(losses_of_two_steps(arch, loss=part, regularizers=penalties)) == 2


@with_architectures(get_args(get_type_hints(TrainingOptions)["updates"]))
def test_every_way_of_updating_works_or_is_refused(part: str, arch: str) -> None:
    settings: dict[str, Any] = {"training_options": {"updates": part}}
    independent = REGISTRY.find("architecture", arch).declaration.independent
    if part == "simultaneous" and not independent:
        with pytest.raises(OptionError, match="judges each picture alone"):
            losses_of_two_steps(arch, **settings)
        return
    assert len(losses_of_two_steps(arch, **settings)) == 2


@with_architectures(names("augmentation"))
def test_every_augmentation_with_every_architecture(part: str, arch: str) -> None:
    assert len(losses_of_two_steps(arch, augmentations={part: {}})) == 2


@with_architectures(names("regularizer"))
def test_every_regularizer_with_every_architecture(part: str, arch: str) -> None:
    assert len(losses_of_two_steps(arch, regularizers={part: {}})) == 2
