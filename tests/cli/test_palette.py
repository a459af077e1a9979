"""``artgan palette`` end to end."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from artgan.cli.palette import palette_command
from artgan.core.registry import Registry
from artgan.palettes.find import find_palette
from artgan.palettes.harmony import HARMONIES, check_colors, harmonize, sort_colors
from artgan.plugin.color import lightness, to_hex


def call(*args: str | Path) -> str:
    result = CliRunner().invoke(palette_command, [str(a) for a in args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_palette_goes_from_a_picture_to_a_file_and_back(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.gpl"
    assert "5 colours" in call("extract", pictures / "0.png", "--colors", "5", "--out", out)
    call("convert", out, tmp_path / "found.ase")
    assert call("show", out) == call("show", tmp_path / "found.ase")


def test_show_prints_the_colours_in_order() -> None:
    shown = [line.strip() for line in call("show", "gameboy").splitlines()]
    assert shown == ["0f380f", "306230", "8bac0f", "9bbc0f"]


def test_check_tells_the_contrast() -> None:
    assert "21.0:1 (ffffff on 000000)" in call("check", "black-white")
    assert "hardly be told apart" in call("check", "101010,111111")


@pytest.mark.parametrize("harmony", HARMONIES)
def test_harmonies_hold_the_colour_itself(harmony: str) -> None:
    made = to_hex(harmonize("ff4fa3", harmony, 7))
    assert "ff4fa3" in made
    assert len(set(made)) == 7
    assert call("make", "ff4fa3", "--harmony", harmony, "--colors", "7").count("\n") == 7


@pytest.mark.parametrize("by", ["lightness", "hue", "chroma"])
def test_sorting_keeps_the_colours(by: str, registry: Registry) -> None:
    colors = find_palette("pico", registry)
    assert sorted(to_hex(sort_colors(colors, by))) == sorted(to_hex(colors))
    light = lightness(sort_colors(colors, "lightness"))
    assert (light[1:] >= light[:-1]).all()
    assert check_colors(colors).count == 16
