"""``artgan run --resume``: the same command starts a run, goes on with it, and leaves it done."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import artgan
from artgan.core.run_folder import RunFolder
from tests.conftest import TOY

NETWORKS = ["--arch", "dcgan", "--arch.base-channels", "4", "--arch.latent-size", "8"]
WORK = ["--size", "16", "--steps", "4", "--batch", "4", "--device", "cpu"]
FLAGS = [*NETWORKS, *WORK, "--out", "run", "--resume", "--quiet"]


def steps_done() -> list[int]:
    return [json.loads(line)["step"] for line in Path("run/metrics.jsonl").read_text().splitlines()]


def test_the_same_command_starts_and_goes_on(artgan_cli: Callable[..., Result]) -> None:
    loop = artgan.training(dataset="mnist", out="run", **TOY)
    next(loop)
    next(loop)
    loop.close()  # type: ignore[attr-defined]
    assert steps_done() == [1, 2]
    for _ in range(2):
        result = artgan_cli("train", *FLAGS)
        assert result.exit_code == 0, result.output
        assert steps_done() == [1, 2, 3, 4]


def test_without_a_run_it_starts_one(artgan_cli: Callable[..., Result]) -> None:
    assert artgan_cli("train", *FLAGS).exit_code == 0
    assert RunFolder(Path("run")).last_checkpoint() is not None


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--seed", "3"], "was made with --seed 0, not 3"),
        (["--arch", "r3gan"], "was made with --arch core/dcgan, not r3gan"),
        (["--train.beta1", "0.9"], "--train.beta1"),
        (["--dataset", "gervais"], "--dataset core/mnist, not gervais"),
    ],
)
def test_other_settings_than_those_of_the_run_are_refused(
    trained: Path, artgan_cli: Callable[..., Result], flags: list[str], told: str
) -> None:
    result = artgan_cli("train", *flags, "--out", str(trained), "--resume")
    assert result.exit_code == 1
    assert told in result.output


def test_alike_settings_are_taken(trained: Path, artgan_cli: Callable[..., Result]) -> None:
    shutil.copytree(trained, "run")
    given = ["--arch", "dcgan", "--dataset", "mnist", "--train.generator-lr", "0.05"]
    result = artgan_cli("train", *given, "--out", "run", "--resume", "--quiet")
    assert result.exit_code == 0, result.output


def test_it_needs_a_folder(artgan_cli: Callable[..., Result]) -> None:
    result = artgan_cli("train", "--resume")
    assert result.exit_code == 2
    assert "give --out FOLDER" in result.output
