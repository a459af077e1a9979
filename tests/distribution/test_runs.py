"""Runs of several processes: one folder, signals, processes that die, and other numbers of them."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import artgan
from artgan.core import runner
from artgan.core.run_folder import RunFolder
from artgan.distribution import group
from artgan.distribution.heartbeat import Heartbeat
from tests.distribution.started import command, start

RUN: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 4, "latent_size": 8, "normalization": "none"},
    "loss": "lsgan", "size": 16, "steps": 6, "batch": 6, "device": "cpu", "threads": 1,
    "training_options": {"precision": "fp32", "preview_every": 100, "checkpoint_every": 100},
}  # fmt: skip
NETWORKS = ["--arch", "dcgan", "--arch.base-channels", "4", "--arch.latent-size", "8"]
SIZE = ["--size", "16", "--device", "cpu", "--out", "run"]
FLAGS = [*NETWORKS, *SIZE, "--steps", "3", "--batch", "4"]


def train_until(dataset: str, out: str, end: str, at: int, victim: int) -> tuple[int, int, str]:
    """Train; at a step, end one process, or all; return step, signal and outcome."""
    if end == "stop":
        impatient: Any = partial(Heartbeat, silent=1.0, later=1.0)
        vars(group)["Heartbeat"] = impatient
    session = artgan.api.start(artgan.plan(dataset=dataset, **RUN), out)
    ends: dict[str, Callable[[], Any]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "ask": lambda: os.kill(os.getpid(), signal.SIGUSR1),
        "drift": lambda: next(session.state.generator.parameters()).data.add_(1),
        "": lambda: None,
    }

    def show(progress: runner.Progress) -> None:
        if progress.report.step == at and session.world.rank == victim:
            ends[end]()

    runner.run(session, show)
    return session.state.step, session.signal, session.outcome


def go_on(run: str) -> None:
    artgan.resume(run)


def weights(run: str | Path) -> dict[str, torch.Tensor]:
    checkpoint = RunFolder(Path(run)).last_checkpoint()
    assert checkpoint is not None
    return load_file(checkpoint.path)


def close(left: str, right: str, apart: float) -> bool:
    ours, theirs = weights(left), weights(right)
    assert ours.keys() == theirs.keys()
    return all(float((ours[k].double() - theirs[k].double()).abs().max()) <= apart for k in ours)


def test_processes_write_one_run_and_one_of_them_speaks(pictures: Path) -> None:
    first, second = start(2, command, "train", "--dataset", str(pictures), *FLAGS)
    assert (first.wait(), second.wait()) == (0, 0), first.said
    assert "Done: trained to step 3" in first.said
    assert second.said == ""
    lines = Path("run/metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["images"] for line in lines] == [4, 8, 12]


def test_a_signal_to_one_process_saves_and_ends_all_after_the_same_step(pictures: Path) -> None:
    started = start(2, train_until, str(pictures), "run", "ask", 2, 1)
    assert [one.result() for one in started] == [(3, signal.SIGUSR1, "interrupted")] * 2
    assert RunFolder(Path("run")).last_checkpoint().step == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(("end", "why"), [("kill", "ended"), ("stop", "was not heard for 1 s")])
def test_a_process_that_dies_ends_the_others_saved(pictures: Path, end: str, why: str) -> None:
    started = start(2, train_until, str(pictures), "run", end, 3, 1)
    assert started[0].wait(60) == 1
    started[1].process.kill()
    said = started[0].said
    assert why in said
    assert "The state is saved at step 3; go on with: artgan resume run" in said
    assert RunFolder(Path("run")).last_checkpoint().step == 3  # type: ignore[union-attr]


def test_processes_that_drift_apart_end_with_a_sentence(pictures: Path) -> None:
    started = start(2, train_until, str(pictures), "run", "drift", 5, 1)
    for one in started:
        with pytest.raises(AssertionError, match="step 6 the weights of process 1 differ"):
            one.result()


@pytest.mark.slow
def test_killed_and_restarted_equals_unbroken_to_the_bit(pictures: Path) -> None:
    for one in start(3, train_until, str(pictures), "unbroken", "", 0, 0):
        one.result()
    for one in start(3, train_until, str(pictures), "broken", "kill", 3, 2):
        one.wait()
    for one in start(3, go_on, "broken"):
        one.result()
    assert close("unbroken", "broken", 0.0)


@pytest.mark.slow
def test_a_run_may_go_on_with_another_number_of_processes(pictures: Path) -> None:
    for one in start(2, train_until, str(pictures), "by-two", "ask", 2, 0):
        one.result()
    shutil.copytree("by-two", "by-three")
    for one in start(3, go_on, "by-three"):
        one.result()
    artgan.resume("by-two")
    artgan.train(dataset=str(pictures), out="by-one", **RUN)
    assert close("by-one", "by-two", 1e-5)
    assert close("by-one", "by-three", 1e-5)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--batch", "1"], "leaves 2 processes less than one picture each"),
        (["--minutes", "1"], "needs one process"),
        (["--arch", "dcgam"], "Did you mean 'dcgan'"),
        (["--train.compile", "default"], "use --train.compile none"),
    ],
)
def test_what_keeps_processes_from_starting_is_said_once(
    pictures: Path, flags: list[str], sentence: str
) -> None:
    given = [*NETWORKS, *SIZE]
    first, second = start(2, command, "train", "--dataset", str(pictures), *given, *flags)
    assert first.wait() in (1, 2)
    assert second.wait() in (1, 2)
    assert sentence in first.said
    assert second.said == ""
    assert not Path("run").exists()


def differing(dataset: str) -> None:
    seed = os.environ["RANK"]
    command("train", "--dataset", dataset, *FLAGS, "--seed", seed)


def test_processes_with_other_settings_are_refused(pictures: Path) -> None:
    first, second = start(2, differing, str(pictures))
    assert (first.wait(), second.wait()) == (1, 1)
    assert "has seed 1, process 0" in first.said
    assert second.said == ""
