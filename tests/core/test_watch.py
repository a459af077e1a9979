"""What code does outside Python is seen while somebody looks, and not otherwise."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from artgan.core.config import RunConfig
from artgan.core.state import StepReport
from artgan.plugin import RunFacts, StepFacts
from artgan.plugin_manager.audit import record_side_effects


def test_deeds_are_told_once_each() -> None:
    with record_side_effects() as seen:
        for _ in range(2):
            Path("a.txt").write_text("x")
        Path("a.txt").read_text()
        Path("a.txt").rename("b.txt")
        Path("b.txt").unlink()
        Path("folder").mkdir()
        subprocess.run([sys.executable, "-c", ""], check=True)
    Path("after.txt").touch()
    assert seen[:4] == ["writes 'a.txt'", "renames 'a.txt'", "deletes 'b.txt'", seen[3]]
    assert "makes the folder 'folder'" in seen
    assert any(deed.startswith("starts the program") for deed in seen)
    assert not any("after" in deed for deed in seen)


def test_pythons_own_files_are_no_deeds() -> None:
    Path("fresh.py").write_text("x = 1")
    sys.path.insert(0, str(Path.cwd()))
    try:
        with record_side_effects() as seen, Path(os.devnull).open("w"):
            __import__("fresh")
    finally:
        sys.path.remove(str(Path.cwd()))
    assert seen == []


def test_network_can_be_refused() -> None:
    with (
        record_side_effects(refuse_network=True) as seen,
        pytest.raises(OSError, match="the network is not there"),
    ):
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
    assert seen == ["asks the network for 127.0.0.1"]


def test_doctor_tells_what_a_plugin_does_while_it_is_loaded(
    artgan_cli: Callable[..., Result],
) -> None:
    Path("left.py").write_text("open('left.txt', 'w').close()")
    told = artgan_cli("plugins", "doctor", "left.py").output
    assert "While it is loaded, it writes 'left.txt'." in told


def test_what_observers_get_is_what_they_are_promised() -> None:
    step: type[StepFacts] = StepReport
    run: type[RunFacts] = RunConfig
    for promised, given in ((StepFacts, step), (RunFacts, run)):
        names = [name for name in vars(promised) if not name.startswith("_")]
        assert names
        assert set(names) <= set(given.__annotations__)
