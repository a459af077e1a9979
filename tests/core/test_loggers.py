import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import artgan
from artgan.core.run_folder import RunFolder
from artgan.errors import MissingExtraError, OptionError
from artgan.plugin_manager.loggers import logging_observers

TOY: dict[str, Any] = {
    "size": 16,
    "steps": 12,
    "batch": 4,
    "arch_options": {"base_channels": 4, "latent_size": 4},
    "dataset_options": {},
}


def test_tensorboard_gets_figures_and_previews(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    artgan.train(**TOY, out=tmp_path / "r", log=["tensorboard"])
    (file,) = (tmp_path / "r" / "tensorboard").iterdir()
    events = [Event.FromString(record) for record in records(file.read_bytes())]
    values = [(event.step, value) for event in events for value in event.summary.value]
    written = {
        (step, value.tag): value.simple_value for step, value in values if not value.image.width
    }
    metrics = RunFolder(tmp_path / "r").read_metrics()
    assert written[10, "generator_loss"] == pytest.approx(metrics[9]["generator_loss"])
    assert written[12, "quality"] == pytest.approx(metrics[11]["quality"])
    assert next(step for step, value in values if value.tag == "preview") == 0


def records(data: bytes) -> list[bytes]:
    """Split a file of records: length (8 bytes), check (4), payload, check (4)."""
    found, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 8], "little")
        found.append(data[place + 12 : place + 12 + length])
        place += 16 + length
    return found


def test_wandb_is_told_what_metrics_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, Any]] = []
    opened = SimpleNamespace(
        log=lambda values, step: told.append(("log", (step, values))),
        finish=lambda exit_code: told.append(("finish", exit_code)),
    )

    def init(**facts: Any) -> Any:
        told.append(("init", facts))
        return opened

    package = SimpleNamespace(init=init, Image=lambda path: Path(path).name, __spec__="here")
    monkeypatch.setitem(sys.modules, "wandb", package)
    artgan.train(**TOY, out=tmp_path / "r", log=["wandb"])
    assert told[0][1]["config"]["training"]["steps"] == 12
    figures = {values[0]: values[1] for kind, values in told if kind == "log"}
    assert figures[12]["quality"] == RunFolder(tmp_path / "r").read_metrics()[11]["quality"]
    assert told[-1] == ("finish", 0)


def test_unknown_or_missing_loggers_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionError, match="Did you mean 'tensorboard'"):
        logging_observers(["tensorbord"])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"artgan\[wandb\]"):
        logging_observers(["wandb"])
