"""The soak of ``benchmarks/soak`` knows every command, and notices what it looks for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.soak.commands import CASES, NOT_KILLED, list_commands
from benchmarks.soak.watch import Mark, Watch
from benchmarks.soak.whole import fault_of

ROOT = Path(__file__).parents[2]


def test_no_command_is_left_out_of_the_soak() -> None:
    assert {case.name for case in CASES} | NOT_KILLED.keys() == set(list_commands())
    assert not {case.name for case in CASES} & NOT_KILLED.keys()


@pytest.mark.parametrize(
    ("memory", "files", "slower", "flat"),
    [(0.0, 0, 0.0, True), (0.5, 0, 0.0, False), (0.0, 1, 0.0, False), (0.0, 0, 0.1, False)],
    ids=["flat", "memory", "files", "pace"],
)
def test_what_grows_is_not_flat(memory: float, files: int, slower: float, flat: bool) -> None:
    watch = Watch(Path())
    for n in range(41):
        seconds = n + slower * n * n
        watch.marks.append(Mark(100 * n, seconds, 100 + memory * n, 10 + files * n, float(n)))
    assert watch.summary()["flat"] is flat


@pytest.mark.parametrize("name", ["a.png", "a.json", "a.toml", "a.html", "a.pdf", "a.svg"])
def test_half_a_file_is_not_whole(name: str) -> None:
    whole = {
        ".json": b'{"a": [1, 2]}', ".toml": b'a = "two words"', ".html": b"<html>a</html>",
        ".pdf": b"%PDF-1.4\nxref\nstartxref\n9\n%%EOF\n", ".svg": b"<svg><g></g></svg>",
    }  # fmt: skip
    path = Path(name)
    if path.suffix == ".png":
        Image.effect_noise((16, 16), 50).save(path)
    else:
        path.write_bytes(whole[path.suffix])
    assert fault_of(path) == ""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert fault_of(path)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks")
def test_kills_lose_and_break_nothing() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--steps", "0", "--pictures", "0"]
    done = subprocess.run(
        [*command, "--kills", "8", "--seed", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
