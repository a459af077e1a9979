import json
from pathlib import Path

import pytest
from PIL import Image

from artgan.errors import OptionError, RunError
from artgan.sheets.grid import Grid, lay_out, write_sheet_of


@pytest.fixture
def sprites(tmp_path: Path) -> list[Path]:
    """Five cut-outs of 8 x 8, each of one colour and half clear."""
    made = []
    for number in range(5):
        sprite = Image.new("RGBA", (8, 8))
        sprite.paste((50 * number, 10, 200, 120), (0, 0, 4, 8))
        made.append(tmp_path / f"sprite-{number}.png")
        sprite.save(made[-1])
    return made


def test_cells_of_their_own_size_are_copied_pixel_by_pixel(sprites: list[Path]) -> None:
    sheet, placed = lay_out(sprites, Grid(columns=3, gap=1))
    assert sheet.mode == "RGBA"
    assert sheet.size == (3 * 9 + 1, 2 * 9 + 1)
    for one in placed:
        left, top, wide, high = one.box
        cell = sheet.crop((left, top, left + wide, top + high))
        with Image.open(one.file) as sprite:
            assert cell.tobytes() == sprite.tobytes()


def test_small_pictures_grow_by_whole_factors_and_large_ones_shrink(tmp_path: Path) -> None:
    for name, size in (("small", (5, 3)), ("large", (60, 30))):
        Image.new("RGB", size, "red").save(tmp_path / f"{name}.png")
    files = [tmp_path / "small.png", tmp_path / "large.png"]
    sheet, placed = lay_out(files, Grid(cell=(16, 16), background="0000ff"))
    assert [one.inner for one in placed] == [(0, 3, 15, 9), (0, 4, 16, 8)]
    assert sheet.getpixel((0, 0)) == (0, 0, 255)
    assert sheet.getpixel((7, 7)) == (255, 0, 0)


def test_the_atlas_lists_every_cell_and_how_long_it_shows(
    sprites: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "walk.png"
    assert write_sheet_of(sprites, out, Grid(columns=5), atlas=True, fps=8) == [
        out,
        tmp_path / "walk.json",
    ]
    atlas = json.loads((tmp_path / "walk.json").read_text())
    assert atlas["meta"]["size"] == {"w": 40, "h": 8}
    assert atlas["frames"]["sprite-2"]["frame"] == {"x": 16, "y": 0, "w": 8, "h": 8}
    assert atlas["frames"]["sprite-2"]["duration"] == 125
    assert atlas["animations"] == {"walk": [f"sprite-{n}" for n in range(5)]}
    with pytest.raises(RunError, match="already there"):
        write_sheet_of(sprites[:2], out, Grid(), atlas=True)


def test_what_cannot_be_is_told(sprites: list[Path], tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="background"):
        lay_out(sprites, Grid(background="reddish"))
    with pytest.raises(OptionError, match="cannot be clear"):
        write_sheet_of(sprites, tmp_path / "sheet.jpg", Grid())
    assert not (tmp_path / "sheet.jpg").exists()
