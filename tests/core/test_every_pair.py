"""Every loss, regularizer and augmentation works with every architecture, or is refused."""

from typing import Any

import pytest

import artgan
from artgan.core.build import build_networks, build_parts
from artgan.core.config import TrainingOptions
from artgan.core.registry import load_registry
from artgan.core.train import new_state, train
from artgan.errors import OptionError

REGISTRY = load_registry(packages=False)


def names(kind: str) -> list[str]:
    return [entry.declaration.name for entry in REGISTRY.entries(kind)]


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
    state = new_state(*build_networks(plan.config, REGISTRY), plan.config)
    reports = train(build_parts(plan.config, plan.table, REGISTRY), plan.config, state)
    return [report.generator_loss for report in reports]


@pytest.mark.parametrize("arch", names("architecture"))
@pytest.mark.parametrize("loss", names("loss"))
def test_every_loss_with_every_architecture(arch: str, loss: str) -> None:
    needs = REGISTRY.find("loss", loss).declaration.needs_penalty
    penalties: dict[str, Any] | None = {"gradient-penalty": {}} if needs else None
    assert len(losses_of_two_steps(arch, loss=loss, regularizers=penalties)) == 2


@pytest.mark.parametrize("arch", names("architecture"))
@pytest.mark.parametrize("updates", TrainingOptions.__annotations__["updates"].__origin__.__args__)
def test_every_way_of_updating_works_or_is_refused(arch: str, updates: str) -> None:
    settings: dict[str, Any] = {"training_options": {"updates": updates}}
    if (
        updates == "simultaneous"
        and not REGISTRY.find("architecture", arch).declaration.independent
    ):
        with pytest.raises(OptionError, match="judges each picture alone"):
            losses_of_two_steps(arch, **settings)
        return
    assert len(losses_of_two_steps(arch, **settings)) == 2


@pytest.mark.parametrize("arch", names("architecture"))
@pytest.mark.parametrize("augmentation", names("augmentation"))
def test_every_augmentation_with_every_architecture(arch: str, augmentation: str) -> None:
    assert len(losses_of_two_steps(arch, augmentations={augmentation: {}})) == 2


@pytest.mark.parametrize("arch", names("architecture"))
@pytest.mark.parametrize("regularizer", names("regularizer"))
def test_every_regularizer_with_every_architecture(arch: str, regularizer: str) -> None:
    assert len(losses_of_two_steps(arch, regularizers={regularizer: {}})) == 2
