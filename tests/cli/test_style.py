"""``artgan style``: styles go into pictures and come back out."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import artgan
from artgan.cli.styles import style_command
from artgan.core.registry import Registry
from artgan.errors import DataError
from artgan.styling.files import chain_toml, picture_toml, style_toml
from artgan.styling.parse import parse_style


@pytest.mark.parametrize("style", ["gameboy", "riso", "grain:0.2|vignette", "levels blend=screen"])
def test_a_style_comes_back_out_of_a_picture_and_makes_the_same_pixels(
    style: str, pictures: Path, tmp_path: Path
) -> None:
    first = artgan.apply(pictures / "0.png", style, seed=4)
    artgan.save(first, tmp_path / "styled.png")
    (tmp_path / "found.toml").write_text(picture_toml(tmp_path / "styled.png"))
    again = artgan.apply(pictures / "0.png", str(tmp_path / "found.toml"), seed=4)
    assert np.array_equal(np.asarray(first), np.asarray(again))


def test_every_style_spells_itself_out_the_same_twice(registry: Registry, tmp_path: Path) -> None:
    for entry in registry.entries("style"):
        text = chain_toml(parse_style(entry.declaration.name, registry))
        path = tmp_path / f"{entry.declaration.name}.toml"
        path.write_text(text)
        assert chain_toml(parse_style(str(path), registry)) == text


def test_a_picture_without_a_record_says_so(pictures: Path) -> None:
    with pytest.raises(DataError, match="has no record of a style"):
        picture_toml(pictures / "0.png")


def test_show_writes_a_file_that_is_a_style(tmp_path: Path, registry: Registry) -> None:
    out = tmp_path / "mine.toml"
    args = ["show", "pixelate cells=32 | dither palette=gameboy", "--out", str(out)]
    assert CliRunner().invoke(style_command, args, catch_exceptions=False).exit_code == 0
    names = [s.entry.declaration.name for s in parse_style(str(out), registry).steps]
    assert names == ["pixelate", "dither"]


def test_a_named_style_is_shown_with_its_knobs_and_stays_the_same(
    tmp_path: Path, registry: Registry
) -> None:
    for entry in registry.entries("style"):
        name = entry.declaration.name
        text = style_toml(name, registry)
        (tmp_path / f"{name}.toml").write_text(text)
        copy = parse_style(str(tmp_path / f"{name}.toml"), registry)
        assert chain_toml(copy) == chain_toml(parse_style(name, registry))
        assert set(tomllib.loads(text).get("knobs", {})) == set(entry.declaration.knobs)


def test_show_tells_people_and_its_words_are_a_style_file(
    artgan_cli: Callable[..., Result], registry: Registry
) -> None:
    shown = artgan_cli("style", "show", "neon").stdout
    assert "#   --style.glow 1.0  (0.0 to 3.0)\n#       0 is a drawing, 3 is fog\n" in shown
    Path("mine.toml").write_text(shown)
    copy = parse_style("mine.toml", registry)
    assert chain_toml(copy) == chain_toml(parse_style("neon", registry))
    assert json.loads(artgan_cli("style", "show", "neon", "--json").stdout)["knobs"]["glow"]


def test_make_joins_styles_under_a_name(
    artgan_cli: Callable[..., Result], registry: Registry
) -> None:
    about = ["--summary", "Neon on tiles."]
    assert artgan_cli("style", "make", "neon", "tile", "--out", "wall.toml", *about).exit_code == 0
    made = tomllib.loads(Path("wall.toml").read_text())
    assert (made["name"], made["summary"]) == ("wall", "Neon on tiles.")
    assert made["steps"][-1]["filter"] == "tile"
    long = " | ".join(["pixelate cells=32"] * 9)
    names = {
        tomllib.loads(chain_toml(parse_style(f"{long} | {last}", registry)))["name"]
        for last in ("glow", "tile")
    }
    assert len(names) == 2
    assert all(len(name) < 60 for name in names)


def test_old_words_and_short_ones_mean_the_same(artgan_cli: Callable[..., Result]) -> None:
    for old, new in (
        (["list", "style"], ["style", "list"]),
        (["list", "arch"], ["list", "architectures"]),
        (["list", "losses", "--json"], ["list", "loss", "--json"]),
        (["show", "fil", "glow"], ["show", "filter", "glow"]),
        (["styles", "--help"], ["styles", "-h"]),
    ):
        told = artgan_cli(*old)
        assert told.exit_code == 0, told.output
        assert told.stdout == artgan_cli(*new).stdout
    assert "'st' is no kind" in artgan_cli("list", "st").stderr
    assert "\n  styles" not in artgan_cli("--help").stdout
    shown = artgan_cli("show", "style", "neon").stdout
    assert "  1. upscale: size 512, method smooth\n  2. neon-" in shown
    assert "  --style.ground " in shown
    assert "ground" not in artgan_cli("show", "style", "plain").stdout
    assert "{" not in shown
