"""Colormaps of the package cmap as palettes and ramps."""

import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from artgan.cli.apply import apply_command
from artgan.cli.palette import palette_command
from artgan.core.registry import Registry
from artgan.errors import MissingExtraError, StyleError
from artgan.palettes.colormaps import STOPS, find_colormap
from artgan.palettes.find import find_palette
from artgan.palettes.read import read_palette
from artgan.pictures.files import save_png
from artgan.plugin.color import to_hex
from artgan.plugin.picture import Picture
from artgan.remaking import recorded_style
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

cmap = pytest.importorskip("cmap", reason="the extra artgan[colormaps] is not installed")
GREY = Picture(np.linspace(0, 1, 256, dtype=np.float32).repeat(3).reshape(16, 16, 3))


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    find_colormap.cache_clear()
    monkeypatch.setitem(sys.modules, "cmap", None)


def test_a_colormap_is_a_palette_of_any_number_of_colours(registry: Registry) -> None:
    assert to_hex(find_palette("cmap:viridis", registry))[::7] == ["440154", "fde725"]
    assert len(find_palette("cmap:viridis:12", registry)) == 12
    turned = to_hex(find_palette("cmap:bids:viridis_r", registry))
    assert turned == to_hex(find_palette("cmap:viridis", registry))[::-1]


def test_a_map_of_separate_colours_gives_its_own(registry: Registry) -> None:
    assert to_hex(find_palette("cmap:tab10", registry))[:2] == ["1f77b4", "ff7f0e"]
    assert len(find_palette("cmap:tab10", registry)) == 10
    assert len(find_palette("cmap:tab10:3", registry)) == 3
    with pytest.raises(StyleError, match="10 colours of its own"):
        find_palette("cmap:tab10:11", registry)


def test_a_cyclic_map_has_the_colour_of_its_ends_once_but_for_a_ramp() -> None:
    ends = find_colormap("cmap:hsv", ramp=True).colors
    assert len(ends) == len(set(ends)) == STOPS
    assert (ends[0], ends[-1][:3]) == ("ff0000", "ff0")
    assert find_colormap("cmap:hsv").colors[-1] == "ff00d4"


@pytest.mark.parametrize("name", ["viridis", "crameri:batlow", "cubehelix"])
def test_a_ramp_follows_the_colormap(name: str, registry: Registry) -> None:
    chain = parse_style(f"gradient-map cmap:{name}", registry)
    made = apply_style(chain, GREY, registry=registry).picture.pixels
    table = cmap.Colormap(name)(np.linspace(0, 1, 4096), N=4096)[:, :3]
    apart = np.abs(made[:, :, None] - table[None, None]).max(3).min(2)
    assert apart.max() < 0.01


def test_the_record_holds_colours_and_credits_and_needs_no_extra(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"filter": "mask", "chain": "invert | gradient-map:cmap:magma,equalize=0.5"}
    chain = parse_style(["gradient-map cmap:viridis", inner, "dither cmap:viridis:4"], registry)
    first = apply_style(chain, GREY, registry=registry, seed=1)
    ramp, within, few = (step["options"] for step in first.record["steps"])
    assert (len(ramp["colors"]), len(few["palette"])) == (STOPS, 4)
    assert within["chain"].endswith("fcfdbf,equalize=0.5")
    assert len(first.record["credits"]) == 2
    assert first.record["credits"] == chain.record(1)["credits"]
    assert "Nathaniel J. Smith" in first.record["credits"][0]
    find_colormap.cache_clear()
    monkeypatch.setitem(sys.modules, "cmap", None)
    again = apply_style(
        parse_style(recorded_style(first.record), registry), GREY, registry=registry, seed=1
    )
    assert np.array_equal(again.picture.pixels, first.picture.pixels)
    assert {**again.record, "name": ""} == {**first.record, "name": ""}


def test_a_misspelled_colormap_is_answered_with_the_nearest(registry: Registry) -> None:
    with pytest.raises(StyleError, match=r"no colormap 'virdis'\. Did you mean 'viridis'"):
        find_palette("cmap:virdis", registry)
    with pytest.raises(StyleError, match="1 colour; expected 2 to 256"):
        find_palette("cmap:viridis:1", registry)


@pytest.mark.usefixtures("absent")
def test_without_the_extra_its_name_is_told_before_the_first_picture(
    registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'artgan\[colormaps\]'"):
        find_palette("cmap:viridis", registry)
    save_png(GREY, tmp_path / "grey.png")
    call = ["--style", "glow | gradient-map cmap:viridis", str(tmp_path / "grey.png")]
    result = CliRunner().invoke(apply_command, [*call, "--out", str(tmp_path / "out")])
    assert "filter 'gradient-map'" in str(result.exception)
    assert "artgan[colormaps]" in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ending", [".gpl", ".txt", ".toml"])
def test_a_file_of_a_colormap_says_whose_it_is(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"batlow{ending}"
    result = CliRunner().invoke(palette_command, ["convert", "cmap:batlow:5", str(out)])
    assert result.exit_code == 0, result.output
    assert "Fabio Crameri" in out.read_text(encoding="utf-8")
    assert len(read_palette(out)) == 5


def test_show_tells_the_credit_beside_the_colours() -> None:
    result = CliRunner().invoke(palette_command, ["show", "cmap:viridis"])
    assert len(result.stdout.splitlines()) == 8
    assert "Credit: Nathaniel J. Smith" in result.stderr
