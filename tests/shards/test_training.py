"""Trainings on shards: the same for any number of processes, interrupted or not."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import artgan
from artgan.core import runner
from artgan.core.build import build_parts
from artgan.distribution.group import shared_world
from artgan.errors import DataError
from artgan.plugin_manager.load import load_registry
from artgan.shards.pack import Packing, pack
from tests.distribution.started import start
from tests.shards.stores import upload

RUN: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 4, "latent_size": 8, "normalization": "none"},
    "loss": "lsgan", "size": 16, "batch": 6, "device": "cpu", "threads": 1,
    "regularizers": {}, "augmentations": {},
    "training_options": {"precision": "fp32", "preview_every": 100, "checkpoint_every": 100},
}  # fmt: skip


def noise_set(folder: Path, count: int = 60) -> Path:
    rng = np.random.default_rng(0)
    pack(rng.integers(0, 256, (count, 16, 16, 3), dtype=np.uint8), folder, Packing(per_shard=8))
    return folder


def hashed(images: torch.Tensor) -> list[str]:
    return [hashlib.sha256(image.numpy().tobytes()).hexdigest() for image in images]


def own_pictures(dataset: str) -> list[Any]:
    """Return the own pictures of some batches, as one of several processes."""
    registry = load_registry(packages=False)
    plan = artgan.plan(dataset=dataset, registry=registry, steps=4, **RUN)
    world = shared_world()
    assert world is not None
    batches = build_parts(plan.config, plan.table, registry).batches
    own = world.own(6, 1)
    found = [hashed(batches.own(step, own)[0]) for step in range(12)]
    world.leave("finished")
    return found


@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_processes_read_the_pictures_that_one_reads(tmp_path: Path, size: int) -> None:
    folder = noise_set(tmp_path / "set")
    registry = load_registry(packages=False)
    plan = artgan.plan(dataset=str(folder), registry=registry, steps=4, **RUN)
    batches = build_parts(plan.config, plan.table, registry).batches
    pieces = [process.result() for process in start(size, own_pictures, str(folder))]
    for step in range(12):
        whole = [one for piece in pieces for one in piece[step]]
        assert whole == hashed(batches.get(step)[0])


def losses(run: Path) -> list[float]:
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["discriminator_loss"] for line in lines]


@pytest.mark.parametrize("far", [False, True])
def test_resumed_equals_unbroken(tmp_path: Path, far: bool) -> None:
    folder = str(noise_set(tmp_path / "set"))
    folder = upload(Path(folder), "noise") if far else folder
    artgan.train(dataset=folder, out=tmp_path / "whole", steps=8, **RUN)
    session = artgan.api.start(artgan.plan(dataset=folder, steps=8, **RUN), tmp_path / "parts")
    for report in runner.steps(session):
        session.stop = report.step == 5
    assert session.outcome == "interrupted"
    artgan.resume(tmp_path / "parts")
    assert losses(tmp_path / "whole") == losses(tmp_path / "parts")


def test_a_shard_that_is_lost_while_training_leaves_the_run_saved(tmp_path: Path) -> None:
    folder = noise_set(tmp_path / "set")
    plan = artgan.plan(dataset=str(folder), steps=60, **RUN)
    session = artgan.api.start(plan, tmp_path / "run")

    def lose(progress: runner.Progress) -> None:
        if progress.report.step == 3:
            for shard in folder.glob("*.tar"):
                os.truncate(shard, 600)

    with pytest.raises(DataError, match=r"is cut: .* saved at step \d+; go on with: artgan resume"):
        runner.run(session, lose)
    assert session.folder.last_checkpoint() is not None
    assert session.outcome == "failed"
