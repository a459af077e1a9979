"""Names in any encoding, closed streams, no home: commands work, or say why not in a sentence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.base.paths import NOWHERE, cache_folder, config_folder, write_text
from artgan.errors import RunError
from artgan.pictures.files import read_record
from tests.conftest import TOY

Cli = Callable[..., Result]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="names, streams and users of POSIX")

LATIN_1 = os.fsdecode(b"caf\xe9.png")
NAMES = (LATIN_1, "line\nbreak.png", "-dash.png", "a: b.png", "日本.png")


@pytest.fixture
def odd_names(tmp_path: Path) -> Path:
    folder = tmp_path / "odd"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in NAMES:
        pixels = rng.integers(0, 255, (20, 24, 3), dtype=np.uint8)
        try:
            Image.fromarray(pixels).save(folder / name)
        except OSError:
            pytest.skip("this file system holds only names in UTF-8")
    return folder


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff"])
def test_apply_takes_names_in_any_encoding(artgan_cli: Cli, odd_names: Path, ending: str) -> None:
    result = artgan_cli(
        "apply", "--style", "gameboy", odd_names, "--out", "styled", "--format", ending
    )
    assert result.exit_code == 0, result.output
    for name in NAMES:
        made = Path("styled") / f"{Path(name).stem}-gameboy.{ending}"
        assert (read_record(made) or {})["source"] == name
        assert artgan.remake(made, source=odd_names / name).identical


@pytest.mark.parametrize(
    "command",
    [
        ["inspect", "odd"],
        ["inspect", "odd", "--json"],
        ["sheet", "odd", "--out", LATIN_1, "--atlas"],
        ["print", "odd", "--out", "a.pdf"],
        ["plot", f"odd/{LATIN_1}", "--out", "a.svg"],
        ["palette", "extract", f"odd/{LATIN_1}", "--out", os.fsdecode(b"\xe9.gpl")],
        ["curate", "odd", "--pick", "3"],
        ["tile", "check", f"odd/{LATIN_1}"],
        ["matrix", f"odd/{LATIN_1}", "--style", "noir", "--vary", "seed=1,2", "--out", LATIN_1],
    ],
    ids=lambda command: command[0],
)
def test_commands_take_names_in_any_encoding(
    artgan_cli: Cli, odd_names: Path, command: list[str]
) -> None:
    result = artgan_cli(*command)
    assert result.exit_code == 0, result.output
    assert "\ufffd" not in result.output
    if "--json" in command:
        assert json.loads(result.stdout)["usable"] == len(NAMES)


def test_a_run_in_a_folder_of_any_encoding(artgan_cli: Cli, odd_names: Path) -> None:
    place = Path(os.fsdecode(b"d\xe9p\xf4t"))
    run = artgan.train(dataset="mnist", out=place / "run", **TOY)
    run.find_directions(2)
    result = artgan_cli("sample", place / "run", "--seeds", "0-1", "--out", place / "made")
    assert result.exit_code == 0, result.output
    assert artgan.resume(place / "run", steps=5).checkpoint.step == 5


def test_a_dataset_that_run_toml_cannot_name_is_refused(artgan_cli: Cli, odd_names: Path) -> None:
    odd_names = odd_names.rename(os.fsdecode(b"d\xe9p\xf4t"))
    result = artgan_cli("train", "--dataset", odd_names, "--size", "16", "--steps", "1")
    assert result.exit_code == 1
    assert "is not UTF-8, and TOML" in result.output
    assert not list(Path().glob("runs/*/*"))


def test_line_breaks_in_names_do_not_tear_a_sentence(artgan_cli: Cli) -> None:
    for command in (
        ["info", "no\nsuch.png"], ["apply", "--style", "noir", "no\nsuch.png", "--out", "o"],
        ["resume", "no\nrun"], ["run", "--dataset", "./no\nsuch"], ["list", "no\nkind"],
    ):  # fmt: skip
        result = artgan_cli(*command)
        assert result.exit_code in (1, 2)
        told = result.output.strip().split("\n")[-1]
        assert told.startswith("Error: "), result.output
        assert "no\\n" in told


def call(*args: str, before: str = "", after: str = "", **settings: str) -> tuple[int, str, str]:
    """Call artgan in a shell; returns exit code, standard output and standard error."""
    line = f'{before} exec "$0" -m artgan "$@" {after}'
    environment = {**os.environ, **settings}
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, *args],
        capture_output=True,
        env={name: value for name, value in environment.items() if value != "unset"},
        check=False,
    )
    out, err = (data.decode("utf-8", "backslashreplace") for data in (done.stdout, done.stderr))
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    return done.returncode, out, err


@pytest.mark.parametrize(
    ("after", "code"),
    [("<&- >&- 2>&-", 0), ("2>&1 | head -c 9", 0), (">/dev/full", 1), ("2>/dev/full", 0)],
)
def test_streams_may_be_closed_or_full(after: str, code: int) -> None:
    if "full" in after and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    found, _, err = call("list", "palette", after=f"{after}; exit ${{PIPESTATUS[0]}}")
    assert found == code
    if code:
        assert err == "Error: 'standard output' cannot be used: No space left on device\n"


def test_files_never_get_the_number_of_a_closed_stream(odd_names: Path) -> None:
    code, _, _ = call(
        "apply", "--style", "gameboy", "odd/a: b.png", "--out", "o", after="<&- >&- 2>&-"
    )
    assert code == 0
    assert (read_record(Path("o/a: b-gameboy.png")) or {})["source"] == "a: b.png"


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LANG": "", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252:strict"},
        {"TERM": "unset", "COLUMNS": "unset", "LANG": "unset", "HOME": "unset"},
        {"COLUMNS": "1", "TERM": "dumb"},
    ],
    ids=str,
)
def test_any_locale_will_do(settings: dict[str, str]) -> None:
    assert call("--help", **settings)[0] == 0
    code, _, err = call("info", "größe 日本.png", **settings)
    assert code == 1
    assert err.startswith("Error: there is no file '")


def test_a_user_without_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARTGAN_HOME", "ARTGAN_CACHE", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(_: int) -> None:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert config_folder() == cache_folder() == NOWHERE
    assert artgan.plan(dataset="mnist", **TOY)
    with pytest.raises(RunError, match=r"'trusted\.json' cannot be written: there is no home"):
        write_text(config_folder() / "trusted.json", "{}")


def test_a_home_that_may_not_be_entered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ARTGAN_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", refuse)
        assert config_folder() == NOWHERE
    assert config_folder() != NOWHERE
