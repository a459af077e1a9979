"""What a killed process leaves half-written is gone after the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from artgan.base.paths import replacing, write_text
from artgan.base.signals import EndedBySignal, ending_on_signals
from artgan.plugin import leftovers

WRITES = """
import sys
from pathlib import Path
from artgan.base.paths import replacing

with replacing(Path("a.txt")) as temporary:
    temporary.write_text("half")
    print("writes", flush=True)
    sys.stdin.read()
"""


def start_writing() -> "subprocess.Popen[str]":
    """Start a process that stops in the midst of writing a.txt."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", WRITES], stdin=pipe, stdout=pipe, text=True)
    assert process.stdout
    assert process.stdout.readline() == "writes\n"
    return process


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell who still writes")
def test_leftovers_of_the_dead_are_cleared_and_those_of_the_living_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leftovers, "_cleared", set())
    Path("a.txt").write_text("old")
    with start_writing() as dead, start_writing() as living:
        dead.kill()
        dead.wait()
        assert len(list(Path().glob(".a.txt.*"))) == 2
        write_text(Path("b.txt"), "new")
        assert len(list(Path().glob(".a.txt.*"))) == 1
        living.communicate("go on")
    assert sorted(path.name for path in Path().iterdir()) == ["a.txt", "b.txt"]
    assert Path("a.txt").read_text() == "half"


def test_files_that_only_look_alike_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "_cleared", set())
    mine = [
        tmp_path / name for name in (".a.artgan-notes", ".a.artgan-0123456789abcdef", ".artgan-ab")
    ]
    for path in mine:
        path.write_text("mine")
    write_text(tmp_path / "b.txt", "new")
    assert all(path.exists() for path in mine)


def be_stopped_while_writing(path: Path) -> None:
    with ending_on_signals(), replacing(path) as temporary:
        temporary.write_text("half")
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_that_asks_to_end_leaves_no_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(EndedBySignal) as ended:
        be_stopped_while_writing(path)
    assert ended.value.exit_code == 128 + signal.SIGTERM
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
    assert signal.getsignal(signal.SIGTERM) == before


def be_stopped_while_importing() -> None:
    with ending_on_signals():
        try:
            signal.raise_signal(signal.SIGTERM)
        except EndedBySignal as error:
            raise ImportError("initialization failed") from error


def test_what_a_signal_breaks_is_not_reported_as_an_error() -> None:
    with pytest.raises(EndedBySignal):
        be_stopped_while_importing()
