"""Several processes train what one trains, up to rounding."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

import artgan
from artgan.core.build import build_parts
from artgan.core.checkpoint import pack
from artgan.core.distributed import World
from artgan.core.state import new_state
from artgan.core.train import train
from artgan.distribution.group import shared_world
from artgan.plugin_manager.load import load_registry
from tests.distribution.started import start

JURY = Path(__file__).parents[2] / "examples/single/jury.py"
EXACT = {"precision": "fp32", "generator_lr": 0.02, "discriminator_lr": 0.02}
# Batch norm of few pictures enlarges what rounding began.
SLOWLY = {"precision": "fp32", "generator_lr": 0.001, "discriminator_lr": 0.001}
ADA: dict[str, Any] = {"ada": {"target": -1.0, "ramp": 20}}

WAYS: dict[str, dict[str, Any]] = {
    "batch norm, dropout": {
        "arch": "dcgan", "arch_options": {"base_channels": 4, "latent_size": 8, "dropout": 0.3},
        "loss": "hinge", "loss_options": {"looseness": 0.5},
        "regularizers": {"gradient-penalty": {}}, "augmentations": {"mirror": {}},
        "training_options": {**EXACT, "accumulate": 2},
    },
    "minibatch deviation, path length": {
        "arch": "stylegan2", "arch_options": {"base_channels": 4, "max_channels": 8},
        "loss": "bce", "regularizers": {"r1": {"every": 1}, "path-length": {"every": 1}},
        "augmentations": {"diffaugment": {}}, "batch": 6, "training_options": EXACT,
    },
}  # fmt: skip
MORE_WAYS: dict[str, dict[str, Any]] = {
    "its own loss": {
        "arch": "fastgan", "arch_options": {"base_channels": 4, "max_channels": 8}, "size": 32,
        "loss": "hinge", "training_options": {**SLOWLY, "discriminator_steps": 2},
    },
    "adaptive augmentation": {
        "arch": "r3gan", "arch_options": {"base_channels": 4, "max_channels": 8},
        "loss": "lsgan", "augmentations": ADA, "steps": 6,
        "dataset_options": {"rotate": 20.0, "flip": "x"},
        "training_options": {**EXACT, "updates": "simultaneous"},
    },
    "two discriminators": {
        "arch": "dcgan", "arch_options": {"base_channels": 4, "latent_size": 8}, "loss": "bce",
        "training_options": {**SLOWLY, "accumulate": 2, "updates": "jury"},
    },
    "features and means of logits": {
        "arch": "dcgan", "arch_options": {"base_channels": 4, "latent_size": 8}, "loss": "hinge",
        "regularizers": {"feature-matching": {}, "lecam": {"weight": 1.0, "decay": 0.5}},
        "training_options": {**SLOWLY, "updates": "alternating"},
    },
    "pairs": {
        "arch": "texture", "arch_options": {"base_channels": 4}, "loss": "rpgan",
        "regularizers": {"r1": {}, "r2": {}}, "batch": 6, "training_options": EXACT,
    },
}  # fmt: skip


def compare(dataset: str, ways: dict[str, dict[str, Any]]) -> dict[str, tuple[str, float]]:
    """Train each way with the others and alone; return the largest difference of weights.

    By plain gradient descent: Adam makes full steps of gradients that are 0 but for rounding, such
    as that of a bias in front of batch norm.
    """
    registry = load_registry(packages=False)
    registry.add_file(JURY)
    found = {}
    for name, settings in ways.items():
        settings = {"size": 16, "steps": 3, "batch": 7, "device": "cpu", **settings}
        plan = artgan.plan(dataset=dataset, registry=registry, **settings)
        world = shared_world()
        assert world is not None
        kept = {}
        for way in (world, World())[: 2 if world.leads else 1]:
            state = new_state(plan.config, registry)
            begin_beside_zero(state.saved.values())
            parts = build_parts(plan.config, plan.table, registry)
            for side, network in state.networks.items():
                state.optimizers[side] = torch.optim.SGD(network.parameters(), lr=1.0)
            way.share(state, parts)
            reports = list(train(parts, plan.config, state, way))
            way.compare(state, parts)
            kept[way.size] = pack(state, parts), reports[-1]
        if world.leads:
            found[name] = difference(kept[world.size][0], kept[1][0])
        world.leave("finished")
    return found


def begin_beside_zero(networks: Iterable[torch.nn.Module]) -> None:
    """Move weights that begin as 0 away from it, where all that they have is rounding."""
    for network in networks:
        for weight in network.parameters():
            if not weight.any():
                torch.nn.init.constant_(weight, 0.1)


def difference(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> tuple[str, float]:
    """Return the tensor that differs most, and by what share of its largest value."""
    assert ours.keys() == theirs.keys()
    apart = {}
    for name, tensor in theirs.items():
        scale = tensor.double().abs().max().clamp(min=1e-3)
        apart[name] = float((ours[name].double() - tensor.double()).abs().max() / scale)
    name = max(apart, key=lambda key: apart[key])
    return name, apart[name]


@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_processes_train_the_weights_of_one(pictures: Path, size: int) -> None:
    found = start(size, compare, str(pictures), WAYS)[0].result()
    assert all(apart < 1e-4 for _, apart in found.values()), found


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3])
def test_every_part_sees_the_whole_batch(pictures: Path, size: int) -> None:
    found = start(size, compare, str(pictures), MORE_WAYS)[0].result()
    assert all(apart < 1e-4 for _, apart in found.values()), found
