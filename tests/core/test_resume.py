"""A run that was stopped and resumed is the unbroken run, bit for bit."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import artgan
from artgan.core.checkpoint import list_checkpoints
from artgan.core.failures import explain_failures
from artgan.errors import OptionError, RunError, TrainingError
from tests.conftest import TOY

SETTINGS = {**TOY, "steps": 12, "training_options": {"preview_every": 3, "checkpoint_every": 3}}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _results(run: Path) -> list[str]:
    files = [*sorted(run.glob("previews/*.png")), run / "checkpoints" / "000012.safetensors"]
    return [_digest(path) for path in files]


def test_leaving_the_loop_and_resuming_is_exact(tmp_path: Path) -> None:
    artgan.train(dataset="mnist", out=tmp_path / "whole", **SETTINGS)
    for report in artgan.training(dataset="mnist", out=tmp_path / "parts", **SETTINGS):
        if report.step == 5:
            break
    artgan.resume(tmp_path / "parts")
    assert _results(tmp_path / "parts") == _results(tmp_path / "whole")
    lines = [json.loads(x) for x in (tmp_path / "parts" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 13))


@pytest.mark.slow
def test_kill_at_any_moment_leaves_a_run_that_resumes(tmp_path: Path) -> None:
    settings = [
        "--steps=60", "--batch=4", "--size=16", "--arch.base-channels=4", "--device=cpu",
        "--train.checkpoint-every=5", "--train.preview-every=20", "--count=2", "--quiet",
    ]  # fmt: skip
    command = [sys.executable, "-m", "artgan", "run", *settings]
    whole, killed = tmp_path / "whole" / "run", tmp_path / "killed" / "run"
    subprocess.run([*command, "--out", str(whole)], check=True)
    process = subprocess.Popen([*command, "--out", str(killed)])
    while not list_checkpoints(killed / "checkpoints") and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    subprocess.run([sys.executable, "-m", "artgan", "resume", str(killed), "--quiet"], check=True)
    name = "checkpoints/000060.safetensors"
    assert _digest(killed / name) == _digest(whole / name)
    assert _digest(killed / "samples/s00001-raw.png") == _digest(whole / "samples/s00001-raw.png")


@pytest.mark.slow
def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "artgan", "train", "--steps=100000", "--batch=4", "--size=16"]
    more = ["--arch.base-channels=4", "--device=cpu", "--out", str(out)]
    process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
    metrics = out / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.stat().st_size):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"artgan resume {out}" in said
    assert artgan.load_run(out).folder.last_checkpoint() is not None


def test_a_lengthened_run_is_repeated_from_its_run_toml(tmp_path: Path) -> None:
    artgan.train(dataset="mnist", out=tmp_path / "longer", **{**TOY, "steps": 4})
    run = artgan.resume(tmp_path / "longer", steps=8)
    again = artgan.train(config=tmp_path / "longer/run.toml", out=tmp_path / "again")
    at_once = artgan.train(dataset="mnist", out=tmp_path / "at-once", **{**TOY, "steps": 8})
    digests = [
        _digest(each.path / "checkpoints/000008.safetensors") for each in (run, again, at_once)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_damaged_checkpoint_is_refused_and_named(tmp_path: Path) -> None:
    out = tmp_path / "run"
    artgan.train(dataset="mnist", out=out, **TOY)
    path = out / "checkpoints" / "000004.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RunError, match="damaged"):
        artgan.load_run(out).sample([0])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"format": 1', '"format": 99', "update artgan"),
        ("core/dcgan", "core/other", "architecture"),
    ],
)
def test_foreign_checkpoint_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    out = tmp_path / "run"
    artgan.train(dataset="mnist", out=out, **TOY)
    for path in (out / "checkpoints").glob("0*.json"):
        path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RunError, match=says):
        artgan.resume(out)


def test_checkpoint_of_other_options_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    artgan.train(dataset="mnist", out=out, **TOY)
    record = out / "run.toml"
    record.write_text(record.read_text().replace("base_channels = 4", "base_channels = 8"))
    with pytest.raises(RunError, match="does not fit the networks"):
        artgan.load_run(out).sample([0])


def test_old_checkpoints_are_pruned(tmp_path: Path) -> None:
    out = tmp_path / "run"
    artgan.train(dataset="mnist", out=out, **SETTINGS)
    assert 3 <= len(list_checkpoints(out / "checkpoints")) <= 4
    assert json.loads((out / "checkpoints" / "best.json").read_text())["step"] in (3, 6, 9, 12)


def test_a_run_that_was_killed_before_its_best_was_named_names_it(tmp_path: Path) -> None:
    few = {"training_options": {"checkpoint_every": 1, "keep_checkpoints": 2}}
    artgan.train(dataset="mnist", out=tmp_path / "run", **{**TOY, **few})
    place = tmp_path / "run" / "checkpoints"
    whole = {path.name: path.read_bytes() for path in place.iterdir()}
    # As after the checkpoint of step 4 and before what follows on it: 2 is not deleted yet.
    facts = json.loads(whole["000004.json"])
    worse = {**facts, "step": 2, "quality": 10 * facts["quality"]}
    (place / "000002.json").write_text(json.dumps(worse))
    (place / "000002.safetensors").write_bytes(whole["000004.safetensors"])
    (place / "best.json").write_text('{"file": "000002.safetensors", "step": 2, "quality": 9.0}')
    artgan.resume(tmp_path / "run")
    assert {path.name: path.read_bytes() for path in place.iterdir()} == whole


def test_a_run_can_be_made_longer(tmp_path: Path) -> None:
    artgan.train(dataset="mnist", out=tmp_path / "run", **{**SETTINGS, "steps": 4})
    run = artgan.resume(tmp_path / "run", steps=6, accumulate=2)
    assert run.checkpoint.step == 6
    assert (run.config.training.steps, run.config.training.accumulate) == (6, 2)
    with pytest.raises(OptionError, match="--steps 5 is less than that"):
        artgan.resume(tmp_path / "run", steps=5)
    assert artgan.load_run(tmp_path / "run").config.training.steps == 6


@pytest.mark.parametrize(("parts", "says"), [(1, "--accumulate 2"), (4, "--size 8x8")])
def test_out_of_memory_says_how_to_carry_on(parts: int, says: str) -> None:
    config = artgan.plan(**TOY, training_options={"accumulate": parts}).config
    with pytest.raises(TrainingError, match=says), explain_failures(Path("runs/x"), config):
        raise torch.OutOfMemoryError("allocation failed")
