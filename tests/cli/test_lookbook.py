"""``artgan styles`` and ``artgan matrix``."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import artgan
from artgan.cli.styles import matrix_command
from artgan.core.registry import Registry
from artgan.errors import ArtganError, OptionError
from artgan.pictures.files import read_picture, to_pil
from artgan.pictures.record_needs import record_needs
from artgan.plugin.picture import Picture
from artgan.sheets.look_book import StoredPictures, busiest_place, style_page
from artgan.sheets.matrix import matrix, parse_axis, run_cell, run_matrix


def test_the_page_holds_every_style_and_no_links(
    pictures: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [registry.find("style", name) for name in ("gameboy", "plain")]
    every = registry.entries
    monkeypatch.setattr(registry, "entries", lambda k: entries if k == "style" else every(k))
    page = style_page(read_picture(pictures / "0.png"), "<me>.png", registry)
    assert page.count('<img src="data:image/jpeg;base64,') == 2
    assert page.count('<img class="piece" src="data:image/webp;base64,') == 2
    assert "http" not in page
    assert "<me>" not in page


def test_a_piece_shows_the_pixels_as_they_are_where_the_picture_is_busy() -> None:
    rng = np.random.default_rng(0)
    pixels: np.ndarray = np.zeros((300, 500, 3), np.float32)
    pixels[200:260, 400:460] = rng.random((60, 60, 3))
    picture = Picture(pixels)
    place = busiest_place(picture)
    assert 0.8 < place[0] < 0.92
    assert 0.66 < place[1] < 0.87
    address = StoredPictures(320).piece(to_pil(picture), place)
    data = base64.b64decode(address.partition(",")[2])
    shown = np.asarray(Image.open(io.BytesIO(data)))
    assert shown.shape == (96, 96, 3)
    whole = np.asarray(to_pil(picture))
    left, top = round(place[0] * 500 - 48), round(place[1] * 300 - 48)
    left, top = min(left, 500 - 96), min(top, 300 - 96)
    assert np.array_equal(shown, whole[top : top + 96, left : left + 96])
    assert busiest_place(Picture(np.zeros((1, 7, 3), np.float32))) == (0.5, 0.5)


def test_chosen_styles_are_shown(artgan_cli: Callable[..., Result], pictures: Path) -> None:
    args = ["style", "preview", pictures / "0.png", "--size", "64", "--style", "arcade"]
    done = artgan_cli(*args)
    assert done.stdout == "1 style in styles.html\n", done.output
    assert "<b>arcade</b>" in Path("styles.html").read_text()


def test_a_matrix_has_a_cell_for_each_pair(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.png"
    vary = ["--vary", "cells=8,16", "--vary", "seed=1"]
    args = [str(pictures / "0.png"), "--style", "gameboy", *vary, "--out", str(out)]
    result = CliRunner().invoke(matrix_command, args, catch_exceptions=False)
    assert result.exit_code == 0
    with Image.open(out) as sheet:
        assert sheet.size == (110 + 2 * 332, 26 + 332)


@pytest.mark.parametrize("text", ["glow", "glow=", "=1", ""])
def test_an_axis_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="expected knob=value"):
        parse_axis(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("glow=0.1, 0.5", ["0.1", "0.5"]),
        ("glow=0..1..0.25", ["0", "0.25", "0.5", "0.75", "1"]),
        ("seed=1..4", ["1", "2", "3", "4"]),
        ("angle=-20..20..20", ["-20", "0", "20"]),
        ("palette=111111,eeeeee;ember", ["111111,eeeeee", "ember"]),
    ],
)
def test_an_axis_is_a_list_or_a_range(text: str, values: list[str]) -> None:
    assert parse_axis(text)[1] == values


def test_ranges_without_end_and_knobs_twice_are_refused(pictures: Path, registry: Registry) -> None:
    for text in ("glow=0..3..0", "glow=3..0", "glow=0..9..0.001"):
        with pytest.raises(OptionError, match="expected 1 to 400"):
            parse_axis(text)
    axes = [("glow", ["1"]), ("glow", ["2"])]
    with pytest.raises(OptionError, match="both --vary turn 'glow'"):
        matrix(pictures / "0.png", "neon", axes, registry)


def test_an_unknown_knob_is_refused(pictures: Path, registry: Registry) -> None:
    with pytest.raises(OptionError, match="no knob 'glwo'"):
        matrix(pictures / "0.png", "neon", [("glwo", ["1"])], registry)


def test_cells_of_a_runs_matrix_are_its_samples(
    artgan_cli: Callable[..., Result], trained: Path
) -> None:
    vary = ["--vary", "seed=1..3", "--vary", "truncation=0.5..1..0.5"]
    done = artgan_cli("matrix", trained, "--style", "gradient-map:ember", *vary, "--quiet")
    assert done.exit_code == 0, done.output
    run = artgan.load_run(trained)
    with Image.open("matrix.png") as sheet:
        assert sheet.size == (110 + 3 * 332, 26 + 2 * 332)
        for row, truncation in enumerate((0.5, 1)):
            for column, seed in enumerate((1, 2, 3)):
                (one,) = run.sample([seed], "gradient-map:ember", truncation=truncation)
                left, top = 110 + column * 332, 26 + row * 332
                cell = sheet.crop((left, top, left + 320, top + 320))
                assert np.array_equal(np.asarray(cell)[::20, ::20], np.asarray(one))


@pytest.mark.parametrize(
    ("axis", "says"),
    [
        ("step=99", "no checkpoint of step 99; it has"),
        ("label=x", "label 'x' does not fit"),
        ("truncation=x", "expected a number"),
        ("seed=1..0", "first..last"),
        ("seed=a..b", "first..last"),
        ("glow=1", "no knob 'glow'"),
        ("move.tilt=1", "artgan directions"),
    ],
)
def test_what_a_run_cannot_turn_is_told(
    artgan_cli: Callable[..., Result], trained: Path, axis: str, says: str
) -> None:
    told = artgan_cli("matrix", trained, "--style", "invert", "--vary", axis)
    assert told.exit_code in (1, 2)
    assert says in told.output


def test_a_runs_matrix_turns_labels_styles_and_steps(trained: Path) -> None:
    run = artgan.load_run(trained)
    axes = [("label", ["2", "3"]), ("style", ["invert", "none"])]
    assert run_matrix(run, "none", axes).size == (110 + 2 * 332, 26 + 2 * 332)
    cell = run_cell(run, "none", {"step": "4", "label": "3"}, seed=9)
    assert (cell.run.checkpoint.step, cell.request.seeds, cell.request.label) == (4, [9], 3)
    with pytest.raises(OptionError, match="two that differ"):
        run_matrix(run, "none", [("seed", ["1"]), ("seed", ["2"])])


def test_small_pictures_make_a_small_page(
    pictures: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [registry.find("style", "newsprint")]
    every = registry.entries
    monkeypatch.setattr(registry, "entries", lambda k: entries if k == "style" else every(k))
    picture = read_picture(pictures / "0.png")
    small, large = (
        style_page(picture, "me.png", registry, stored=StoredPictures(side)) for side in (64, 320)
    )
    assert 2 * len(small) < len(large)


@pytest.mark.parametrize(
    "vary",
    [
        ["seed=1,2", "truncation=0.5,1"],
        ["step=4", "label=2,3"],
        ["style=invert,none"],
        ["sampler=one-pass,langevin:steps=1", "latents=clipped,rejection:keep=0.5"],
    ],
)
def test_a_runs_matrix_is_remade_from_its_file(
    artgan_cli: Callable[..., Result], trained: Path, tmp_path: Path, vary: list[str]
) -> None:
    out = tmp_path / "m.png"
    args = [part for axis in vary for part in ("--vary", axis)]
    done = artgan_cli("matrix", trained, "--style", "gradient-map:ember", *args, "--out", out)
    assert done.exit_code == 0, done.output
    record = artgan.read_record(out)
    assert record is not None
    assert [name for name, _ in record["matrix"]["axes"]] == [axis.split("=")[0] for axis in vary]
    assert artgan.remake(out, run=trained).identical


def test_a_pictures_matrix_is_remade_from_its_file(pictures: Path, tmp_path: Path) -> None:
    axes = {"cells": [8, 16], "seed": [1, 2]}
    out, bare = tmp_path / "m.png", tmp_path / "bare.png"
    artgan.save(artgan.matrix(pictures / "0.png", axes, "gameboy"), out)
    assert artgan.remake(out, source=pictures / "0.png").identical
    with pytest.raises(ArtganError, match="name it with --source"):
        artgan.remake(out)
    args = [str(pictures / "0.png"), "--style", "gameboy", "--vary", "seed=1", "--out", str(bare)]
    done = CliRunner().invoke(matrix_command, [*args, "--no-record"], catch_exceptions=False)
    assert done.exit_code == 0
    assert artgan.read_record(bare) is None


def test_a_matrix_takes_a_picture_that_pil_opened(pictures: Path, tmp_path: Path) -> None:
    styled = tmp_path / "styled.png"
    artgan.save(artgan.apply(pictures / "0.png", "gameboy"), styled)
    with Image.open(styled) as opened:
        sheet = artgan.matrix(opened, {"seed": [1]}, "invert")
    assert sheet.info["artgan"]["matrix"]["axes"] == [["seed", ["1"]]]


def test_a_matrix_names_the_plugins_of_all_its_cells() -> None:
    step = {"filter": "artgan-neon/tubes", "version": "1.0"}
    cells = [{"style": {"steps": []}}, {"style": {"steps": [step]}}, "damaged"]
    names, versions = record_needs({"matrix": {"cells": cells}})
    assert (names, versions) == (["artgan-neon/tubes"], {"artgan-neon": "1.0"})
