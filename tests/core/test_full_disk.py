import errno
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import save_file

import artgan
from artgan.core import checkpoint
from artgan.core.checkpoint import read_tensors
from artgan.errors import RunError
from tests.conftest import TOY


def test_a_full_disk_is_told_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device of the test is not filled up; the write fails as it would there."""
    more: dict[str, Any] = {**TOY, "training_options": {"checkpoint_every": 2}}
    whole = artgan.train(out="whole", **more)
    calls: list[Path] = []

    def fails_half_way(tensors: Any, path: Path) -> None:
        calls.append(path)
        if len(calls) == 2:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        save_file(tensors, path)

    monkeypatch.setattr(checkpoint, "save_file", fails_half_way)
    with pytest.raises(RunError, match=r"disk is full.*artgan resume full"):
        artgan.train(out="full", **more)
    left = sorted(path.name for path in Path("full/checkpoints").iterdir())
    assert left == ["000002.json", "000002.safetensors", "best.json"]
    monkeypatch.setattr(checkpoint, "save_file", save_file)
    again = artgan.resume("full")
    pairs = [read_tensors(run.checkpoint) for run in (whole, again)]
    assert {k: v.tolist() for k, v in pairs[0].items()} == {
        k: v.tolist() for k, v in pairs[1].items()
    }
