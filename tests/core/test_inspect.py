import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from artgan.errors import RunError
from artgan.planning.inspect import inspect_source, save_contact_sheet
from artgan.plugins.datasets._tables import Table

Cli = Callable[..., Result]


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
    assert "clear pixels" in facts["notes"]["clear.png"]
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
