"""What comes from files is shown, never obeyed, and never put into a command."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image, PngImagePlugin

from artgan.base.terminal import is_plugin_name, is_version, visible

Cli = Callable[..., Result]
HOSTILE = "a\x1b[2J\x1b]0;owned\x07b\u202egnp.exe\x00\x9bc"


def test_controls_are_spelled_out_and_words_stay() -> None:
    shown = visible(HOSTILE)
    assert shown.isprintable()
    assert "\\x1b[2J" in shown
    assert "\\u202e" in shown
    assert visible("Größe 3\n\t日本") == "Größe 3\n\t日本"


def save_with_record(path: Path, **changes: object) -> None:
    record = {
        "format": 1, "artgan": "0.1.0", "architecture": "core/dcgan", "run": "r", "seed": 1,
        "weights_sha256": "0" * 64, "raw_sha256": "0" * 64, **changes,
    }  # fmt: skip
    text = PngImagePlugin.PngInfo()
    text.add_itxt("artgan", json.dumps(record))
    Image.new("RGB", (8, 8)).save(path, pnginfo=text)


@pytest.mark.parametrize("command", [["info"], ["remake"]])
def test_a_records_words_reach_the_terminal_spelled_out(
    artgan_cli: Cli, tmp_path: Path, command: list[str]
) -> None:
    save_with_record(tmp_path / "a.png", run=HOSTILE, dataset=HOSTILE)
    output = artgan_cli(*command, tmp_path / "a.png").output
    assert all(line.isprintable() for line in output.replace("\t", " ").split("\n"))


def test_a_file_names_words_are_spelled_out_in_errors(artgan_cli: Cli) -> None:
    result = artgan_cli("info", "no\x1b[2Jthing.png")
    assert result.exit_code == 1
    assert "\x1b" not in result.output


@pytest.mark.parametrize("name", ["nice; touch owned", "$(reboot)", "-r evil.txt", "a b", "x\ny"])
def test_no_hint_holds_a_name_that_is_none(artgan_cli: Cli, tmp_path: Path, name: str) -> None:
    save_with_record(tmp_path / "a.png", architecture=f"{name}/net", plugins={name: "1"})
    for command in ("info", "remake"):
        assert "plugins install" not in artgan_cli(command, tmp_path / "a.png").output
    save_with_record(tmp_path / "b.png", architecture="nice/net", plugins={"nice": f"1; {name}"})
    for command in ("info", "remake"):
        output = artgan_cli(command, tmp_path / "b.png").output
        assert "plugins install nice" in output
        assert f"install nice==1; {name}" not in output


def test_names_and_versions_are_told_from_other_words() -> None:
    assert all(map(is_plugin_name, ("nice", "artgan-neon", "a.b_c", "x")))
    assert not any(map(is_plugin_name, ("", "-x", "a b", "a;b", "a/b", "x" * 200)))
    assert is_version("2.1.0rc1+local.1")
    assert not any(map(is_version, ("", "1; rm", "latest", "1 2")))
