"""What cannot work is refused before work and in a sentence; nothing is left out in silence."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.base.suggest import count_of
from artgan.errors import DataError, PluginError
from artgan.plugin_manager.load import load_registry
from tests.conftest import TOY

Cli = Callable[..., Result]
SMALL = ("--size", "16", "--steps", "1", "--batch", "4", "--count", "1")


@pytest.mark.skipif(os.name == "nt", reason="pipes and sockets of POSIX")
@pytest.mark.parametrize("command", ["apply", "sheet", "curate"])
def test_what_is_no_file_is_named(artgan_cli: Cli, pictures: Path, command: str) -> None:
    os.mkfifo(pictures / "pipe.png")
    (pictures / "gone.png").symlink_to("nowhere.png")
    heard = socket.socket(socket.AF_UNIX)
    # Names of sockets are short.
    with heard, pytest.MonkeyPatch.context() as patch:
        patch.chdir(pictures)
        heard.bind("socket.png")
    more = {
        "apply": ("--style", "gameboy", "--out", "o"),
        "sheet": ("--out", "s.png"),
        "curate": ("--pick", "2"),
    }[command]
    result = artgan_cli(command, pictures, *more)
    assert result.exit_code == 0, result.output
    assert "no files, left out: gone.png, pipe.png, socket.png" in result.output


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--seed", str(2**63)),
        ("apply", "--seed", str(2**63), "--style", "noir", "a.png"),
        ("sample", "run", "--seeds", str(2**63)),
    ],
)
def test_the_largest_seed_is_named(artgan_cli: Cli, trained: Path, command: list[str]) -> None:
    result = artgan_cli(
        *(trained if word == "run" and i else word for i, word in enumerate(command))
    )
    assert result.exit_code == 2
    assert str(2**63 - 1) in result.output


def test_the_folder_of_a_run_is_a_config(artgan_cli: Cli, trained: Path) -> None:
    again = artgan.plan(config=trained, registry=load_registry(packages=False))
    assert again.config == artgan.plan(config=trained / "run.toml").config
    Path("empty").mkdir()
    assert "there is no file 'empty/run.toml'" in artgan_cli("run", "--config", "empty").output


@pytest.mark.parametrize("word", [("--arch.labels", "maybe"), ("--arch.labels=maybe",)])
def test_a_flag_that_is_on_or_off_names_what_it_takes(
    artgan_cli: Cli, word: tuple[str, ...]
) -> None:
    result = artgan_cli("train", "--arch", "dcgan", *word, *SMALL[:-2])
    assert result.exit_code == 2
    assert "--arch.labels: 'maybe'; expected true or false" in result.output


def test_the_plugins_of_a_folder_given_as_config_are_asked_for(
    artgan_cli: Cli, trained: Path
) -> None:
    record = Path("kept", "run.toml")
    record.parent.mkdir()
    text = (trained / "run.toml").read_text()
    record.write_text(text.replace('"core/dcgan"', '"elsewhere/dcgan"'))
    for config in (record.parent, record):
        result = artgan_cli("train", "--config", config, "--out", "again")
        assert result.exit_code == 1
        assert "elsewhere" in result.output
        assert f"'{record}'" in result.output


@pytest.mark.parametrize("text", ["x = 1\n", "\ufeff\n", "def artgan_typo():\n    return []\n"])
def test_a_plugin_file_that_brings_nothing_is_refused(artgan_cli: Cli, text: str) -> None:
    Path("bare_one.py").write_text(text, encoding="utf-8")
    result = artgan_cli("list", "style", "--plugin", "bare_one.py")
    assert result.exit_code == 1
    assert "bare_one.py': it brings nothing" in result.output
    registry = load_registry(packages=False)
    with pytest.raises(PluginError, match="brings nothing"):
        registry.add_file(Path("bare_one.py"))


def test_log_and_out_are_refused_before_the_plan(artgan_cli: Cli) -> None:
    Path("file").write_text("")
    for flags, says in (
        (("--log", "foo"), "there is no logger 'foo'"),
        (("--out", "file"), "'file' cannot be written"),
        (("--out", "file/below"), "is a file"),
    ):
        result = artgan_cli("run", *SMALL, *flags)
        assert result.exit_code in (1, 2)
        assert says in result.output
        assert result.output.startswith("Error: ")
    assert not Path("runs").exists()


def test_more_clusters_than_pictures_are_told(pictures: Path) -> None:
    planned = artgan.plan(dataset=pictures, **TOY | {"training_options": {"clusters": 999}})
    assert "Clusters 8, not 999: one for each picture." in planned.reasons
    assert planned.config.classes == 8


def test_resume_elsewhere_tells_whose_path_it_is(
    pictures: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    artgan.train(dataset="pictures", out="run", **TOY)
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    with pytest.raises(DataError, match="no 'pictures', which counts from where the run started"):
        artgan.resume("../run", steps=5)


def test_files_of_ones_own_may_begin_with_a_byte_order_mark(artgan_cli: Cli) -> None:
    bom = "\ufeff"
    Path("own.toml").write_text(f'{bom}steps = ["posterize"]\n', encoding="utf-8")
    Path("own.gpl").write_text(f"{bom}GIMP Palette\n0 0 0\n255 0 0\n", encoding="utf-8")
    Path("run.toml").write_text(f"{bom}seed = 3\n", encoding="utf-8")
    Path("artgan.toml").write_text(f"{bom}disabled = []\n", encoding="utf-8")
    Path("begun_by_bom.py").write_text(
        f"{bom}from artgan.plugin import Palette, hookimpl\n\n\n@hookimpl\n"
        "def artgan_palettes():\n"
        '    return [Palette(name="mine", summary="Mine.", colors=("#000000", "#ffffff"))]\n',
        encoding="utf-8",
    )
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save("a.png")
    assert (
        artgan_cli("list", "palette", "--plugin", "begun_by_bom.py").output.count(
            "begun-by-bom/mine"
        )
        == 1
    )
    assert artgan_cli("apply", "--style", "own.toml", "a.png", "--out", "o").exit_code == 0
    assert "2 colours" in artgan_cli("palette", "show", "own.gpl", "--out", "b.gpl").output
    assert artgan.plan(config="run.toml", dataset="mnist", **TOY).config.seed == 3


def test_one_is_not_many() -> None:
    assert [count_of(n, "colour") for n in (0, 1, 2)] == ["0 colours", "1 colour", "2 colours"]
    assert [count_of(n, "loss") for n in (1, 3)] == ["1 loss", "3 losses"]
