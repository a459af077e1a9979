import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from artgan.errors import OptionError, RunError
from artgan.planning.balance import colour_shares, told_balance
from artgan.planning.inspect import inspect_source, save_contact_sheet
from artgan.planning.outlook import parse_minutes
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._originals import Originals
from artgan.plugins.datasets._tables import Table

Cli = Callable[..., Result]
NO_TIMES = ("--minutes", "none")


def _table(count: int = 5) -> Table:
    images = np.arange(count * 8 * 6 * 3, dtype=np.uint8).reshape(count, 8, 6, 3)
    return Table(images, np.arange(count) % 2, ["cats", "dogs"])


def test_a_source_without_a_report_is_described_too() -> None:
    facts = inspect_source(_table())
    assert (facts.usable, facts.width, facts.height, facts.channels) == (5, 6, 8, 3)
    assert facts.labels == {"cats": 3, "dogs": 2}
    assert facts.skipped == {}


def test_the_look_of_pictures_is_told_in_a_sentence() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), np.uint8)
    noise[5] = noise[0]
    facts = inspect_source(Table(noise))
    assert facts.sentence == (
        "They look like photographs; the same everywhere, as textures are; near-duplicates: 1."
    )
    assert "nothing to learn" in inspect_source(Table(np.zeros_like(noise))).sentence


def test_sheet_shows_the_pictures_and_is_not_replaced_unasked(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    save_contact_sheet(_table(), sheet)
    with Image.open(sheet) as shown:
        assert len(set(shown.convert("RGB").get_flattened_data())) > 5 * 8
    with pytest.raises(RunError, match="already there"):
        save_contact_sheet(_table(9), sheet)
    save_contact_sheet(_table(9), sheet, overwrite=True)


def test_command_tells_what_is_odd_and_what_is_skipped(artgan_cli: Cli, pictures: Path) -> None:
    (pictures / "notes.txt").write_text("hello")
    (pictures / "cut.png").write_bytes((pictures / "0.png").read_bytes()[:50])
    (pictures / "copy.png").write_bytes((pictures / "0.png").read_bytes())
    Image.new("RGBA", (20, 20), (255, 0, 0, 9)).save(pictures / "clear.png")
    result = artgan_cli("inspect", pictures, "--json", "--size", "16", "--minutes", "none")
    facts = json.loads(result.stdout)
    assert facts["usable"] == 10
    assert set(facts["skipped"]) == {"notes.txt", "cut.png"}
    assert facts["duplicates"] == ["copy.png"]
    assert "transparent parts" in facts["notes"]["clear.png"]
    assert facts["formats"] == {"PNG": 10}
    assert Path(facts["sheet"]).is_file()


def test_command_prints_the_same_for_people(artgan_cli: Cli, pictures: Path) -> None:
    (pictures / "notes.txt").write_text("hello")
    result = artgan_cli("inspect", pictures, "--out", "sheet.png", "--minutes", "none")
    assert result.exit_code == 0
    assert "8 pictures, trained on as 32x32, colour" in result.output
    assert "notes.txt: not a picture by its name" in result.output
    assert Path("sheet.png").is_file()


@pytest.mark.parametrize("make", [lambda p: None, Path.mkdir, lambda p: p.write_text("no zip")])
def test_nothing_to_inspect_is_one_sentence(
    artgan_cli: Cli, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "none")
    result = artgan_cli("inspect", tmp_path / "none")
    assert result.exit_code == 1
    assert "none'" in result.output
    assert "Traceback" not in result.output


def test_command_names_near_duplicates_and_shows_what_is_cut_off(
    artgan_cli: Cli, pictures: Path
) -> None:
    Image.new("RGB", (60, 30), "blue").save(pictures / "a-wide.png")
    Image.new("RGB", (60, 30), (2, 0, 255)).save(pictures / "b-wide.png")
    args = ("inspect", pictures, "--out", "sheet.png", "--minutes", "none")
    facts = json.loads(artgan_cli(*args, "--json").stdout)
    assert ["b-wide.png", "a-wide.png"] in facts["alike"]
    assert facts["ahead"] is None
    shown = artgan_cli(*args, "--overwrite").output
    assert "b-wide.png: looks like a-wide.png" in shown
    assert "Colours: " in shown
    assert "Brightness: " in shown
    with Image.open("sheet-crops.png") as crops:
        # A wide picture loses its sides, which are darkened beside what is left.
        levels = [crops.convert("RGB").getpixel((12 + x, 12 + 80)) for x in (10, 80, 164 + 80)]
    dark, kept, seen = np.array(levels)[:, 2]
    assert dark < 100 < 250 < kept
    assert seen > 250


def test_the_part_of_a_picture_that_is_used_is_its_middle() -> None:
    options = PicturesOptions()
    whole = PicturesOptions(fit="contain")
    used = [
        Originals((), (), (32, 32), options).used((60, 30)),
        Originals((), (), (32, 32), whole).used((60, 30)),
        Originals((), (), (64, 32), options).used((30, 30)),
    ]
    assert used == [(15, 0, 45, 30), (0, 0, 60, 30), (7.5, 0, 22.5, 30)]


def test_colours_are_shares_of_what_can_be_seen() -> None:
    images = np.zeros((4, 2, 2, 4), np.uint8)
    images[:, 0] = (255, 0, 0, 255)
    images[:, 1, 0] = (255, 255, 255, 255)
    colours, brightness = colour_shares(images)
    assert colours == {
        "red": pytest.approx(2 / 3, abs=1e-3),
        "grey": pytest.approx(1 / 3, abs=1e-3),
    }
    assert brightness["bright"] == pytest.approx(1 / 3, abs=1e-3)


def test_balance_of_labels_is_said() -> None:
    assert told_balance({}) == ""
    assert told_balance({"cat": 30, "dog": 40}).startswith("Labels are balanced: cat has 30")
    assert told_balance({"cat": 1, "dog": 1}) == "Labels are balanced: each has 1 picture."
    assert "rare ones will be learnt worse" in told_balance({"cat": 3, "dog": 400})


def test_what_some_minutes_would_buy_is_said(artgan_cli: Cli, pictures: Path) -> None:
    result = artgan_cli("inspect", pictures, "--size", "16", "--minutes", "0.05")
    assert "Would be chosen: dcgan" in result.output
    assert "0.1 minutes: 16x16, about" in result.output
    assert parse_minutes("2, 10,60") == (2, 10, 60)
    with pytest.raises(OptionError, match="expected numbers as in 2,10,60, or none"):
        parse_minutes("soon")


def test_inspect_says_why_a_run_could_not_start(artgan_cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    for index in range(4):
        Image.new("RGB", (16, 16), (index, 0, 0)).save(folder / f"{index}.png")
    result = artgan_cli("inspect", folder, "--size", "16", "--minutes", "1")
    assert result.exit_code == 0
    assert "A run could not start: 4 pictures of one plain colour each" in result.output


def test_runs_and_sheets_of_artgan_in_a_folder_are_no_pictures(
    artgan_cli: Cli, pictures: Path, trained: Path
) -> None:
    shutil.copytree(trained, pictures / "runs" / "dcgan-001")
    assert artgan_cli("inspect", pictures, *NO_TIMES, "--out", pictures / "seen.png").exit_code == 0
    artgan_cli("sheet", pictures, "--out", pictures / "contact-sheet.png")
    found = json.loads(artgan_cli("inspect", pictures, *NO_TIMES, "--json").stdout)
    assert found["usable"] == 8
    assert found["skipped"] == {
        "contact-sheet.png": "a sheet or plot that artgan wrote",
        "runs/dcgan-001/": "folder of a run of artgan: not looked into",
        "seen.png": "a sheet or plot that artgan wrote",
        "seen-crops.png": "a sheet or plot that artgan wrote",
    }
