"""``artgan sheet``, folders with --only, labels by name, and many pictures on a page."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.errors import OptionError, SeriesError
from artgan.pictures.files import read_picture
from artgan.sampling.labels import find_label, find_labels, label_name
from artgan.sampling.naming import fill_pattern
from artgan.styling.labels import style_label

Cli = Callable[..., Result]


@pytest.fixture
def chosen(pictures: Path) -> Path:
    (pictures / "choices.txt").write_text("star 1.png\nstar 4.png\nreject 5.png\n")
    return pictures


def test_a_folder_stands_for_its_chosen_pictures(artgan_cli: Cli, chosen: Path) -> None:
    told = artgan_cli("sheet", chosen, "--only", "star", "--cell", "24x20", "--json")
    assert json.loads(told.output) == {"files": ["sheet.png"], "cells": 2}
    applied = artgan_cli("apply", chosen, "--filter", "invert", "--out", "turned", "--json")
    assert len(json.loads(applied.output)["files"]) == 7
    plotted = artgan_cli(
        "plot", chosen, "--only", "star", "--paper", "5x5cm", "--margin", "1", "--out", "plots"
    )
    assert plotted.exit_code == 0, plotted.output
    assert sorted(path.name for path in Path("plots").iterdir()) == ["1.svg", "4.svg"]
    one = artgan_cli("plot", chosen, "--out", "all.svg")
    assert one.exit_code == 2
    assert "need a folder" in one.output
    assert artgan_cli("sheet", chosen, "--fps", "3").exit_code == 2


def test_many_pictures_lie_on_a_page_with_lines_to_cut_along(
    artgan_cli: Cli, pictures: Path
) -> None:
    wish = ("--paper", "50x80mm", "--each", "20x20mm", "--dpi", "50")
    told = artgan_cli("print", pictures, *wish, "--out", "deck.pdf")
    assert told.exit_code == 0, told.output
    # Two by four on a page, so eight pictures take one.
    assert Path("deck.pdf").read_bytes().count(b"/Type /Page\n") == 1
    large = artgan_cli("print", pictures, "--paper", "a6", "--each", "a5", "--out", "no.pdf")
    assert large.exit_code == 2
    assert "does not fit on" in large.output
    assert not Path("no.pdf").exists()


def test_raw_samples_beside_styled_ones_are_left_out(artgan_cli: Cli, trained: Path) -> None:
    artgan_cli("sample", trained, "--seeds", "1-2", "--style", "invert", "--out", "both")
    told = artgan_cli("sheet", "both", "--json")
    assert json.loads(told.output)["cells"] == 2


def test_a_picture_of_each_label_for_each_seed(artgan_cli: Cli, trained: Path) -> None:
    told = artgan_cli("sample", trained, "--labels", "3,7", "--seeds", "5,6", "--json",
                      "--out", "some")  # fmt: skip
    names = [Path(file).name for file in json.loads(told.output)["files"]]
    assert names == [f"s0000{seed}-{label}-raw.png" for seed in (5, 6) for label in (3, 7)]
    alone = artgan.load_run(trained).sample([6], label=7)[0]
    with Image.open("some/s00006-7-raw.png") as made:
        assert np.array_equal(np.asarray(made), np.asarray(alone))
    assert artgan_cli("remake", "some/s00006-7-raw.png", "--run", trained).exit_code == 0
    both = artgan_cli("sample", trained, "--labels", "all", "--label", "3")
    assert both.exit_code == 2
    wrong = artgan_cli("sample", trained, "--label", "ten")
    assert wrong.exit_code == 2
    assert "label 'ten' does not fit" in wrong.output


def test_labels_are_known_by_name_and_number() -> None:
    names = ("brick", "grass", "2")
    assert find_label("grass", names, 3) == find_label("1", names, 3) == find_label(1, names, 3)
    assert find_labels("2, brick", names, 3) == [2, 0]
    assert find_labels("all", names, 3) == [0, 1, 2]
    assert [label_name(n, ("Ä/ö", "..")) for n in (0, 1, 5)] == ["Ä-ö", "1", "5"]
    alike = ("a b", "A-b", "1")
    assert [label_name(n, alike) for n in range(3)] == ["a-b-0", "A-b-1", "1-2"]
    for labels in (alike, names, ("Ä/ö", "..", "a?b")):
        in_files = [label_name(number, labels) for number in range(3)]
        assert [find_label(name, labels, 3) for name in in_files] == [0, 1, 2]
    long = "palette:gameboy|tile:columns=2,rows="
    assert len({style_label(f"{long}{n}|glow") for n in range(9)}) == 9
    assert style_label("one:1|two") == "one-1-two"
    facts = [{"run": "кот" * 40, "seed": seed} for seed in range(9)]
    cut = {fill_pattern("{run}-{run}-{seed}", fact) for fact in facts}
    assert len(cut) == 9
    assert max(len(name.encode()) for name in cut) <= 200
    with pytest.raises(OptionError, match="Did you mean 'grass'"):
        find_label("gras", names, 3)
    with pytest.raises(OptionError, match="no labels"):
        find_labels("all", (), 0)


def test_traits_in_turn_give_each_value_once_round(tmp_path: Path) -> None:
    series = artgan.Series("deck", run="runs/none", count=4)
    series.vary("card.rank", ["A", "K", "Q"], in_turn=True)
    ranks = [series.edition(number).traits["card.rank"] for number in range(1, 5)]
    assert ranks == ["A", "K", "Q", "A"]
    (tmp_path / "deck.toml").write_text(
        'name = "deck"\nrun = "none"\n[vary."card.rank"]\n'
        'values = ["A", "K", "Q"]\nin-turn = true\n'
    )
    assert artgan.Series.read(tmp_path / "deck.toml").traits == series.traits
    with pytest.raises(SeriesError, match="no weights"):
        artgan.Series("deck", run="x").vary("palette", ["a"], weights=[1], in_turn=True)


def test_a_tile_stays_a_tile_in_its_file(artgan_cli: Cli, pictures: Path) -> None:
    for chain, wraps in (("seamless | normal-map", True), ("seamless | vignette", False)):
        artgan_cli("apply", pictures / "1.png", "--style", chain, "--out", "t", "--overwrite")
        (made,) = [file for file in Path("t").iterdir() if file.stem.endswith("map") == wraps]
        assert read_picture(made).wraps == (wraps, wraps)
    (tile,) = Path("t").glob("*map.png")
    artgan_cli("print", tile, "--paper", "a6", "--dpi", "20", "--out", "paper.png")
    assert read_picture(Path("paper.png")).wraps == (False, False)
    again = artgan_cli("apply", tile, "--filter", "normal-map", "--out", "u")
    assert again.exit_code == 0
