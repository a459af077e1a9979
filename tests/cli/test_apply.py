"""``artgan apply`` end to end, through the error edge."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from PIL import Image

Call = Callable[..., Result]


def test_styles_and_filters_make_one_chain(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    picture, out = pictures / "0.png", tmp_path / "out"
    chain = ["--style", "posterize:3", "--filter", "tile:columns=2,rows=1"]
    result = artgan_cli("apply", *chain, picture, "--out", out)
    assert result.exit_code == 0, result.output
    (made,) = out.iterdir()
    with Image.open(made) as image:
        assert image.size == (48, 20)


def test_show_style_prints_toml(artgan_cli: Call) -> None:
    result = artgan_cli("apply", "--style", "neon", "--style.glow", "2", "--show-style")
    assert result.exit_code == 0
    assert '{ filter = "glow", strength = 2.0' in result.output


def test_one_broken_picture_does_not_stop_the_others(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    files = [pictures / "0.png", tmp_path / "broken.png"]
    result = artgan_cli("apply", "--style", "invert", *files, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "broken.png" in result.output
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_nothing_to_do_is_a_usage_error(artgan_cli: Call, pictures: Path) -> None:
    assert artgan_cli("apply", pictures / "0.png", "--out", "x").exit_code == 2
    assert artgan_cli("apply", "--style", "neon").exit_code == 2


def test_a_folder_stands_for_its_pictures(artgan_cli: Call, pictures: Path, tmp_path: Path) -> None:
    inner = pictures / "more"
    inner.mkdir()
    (pictures / "0.png").rename(inner / "0.png")
    (pictures / "notes.txt").write_text("no picture")
    Image.new("CMYK", (9, 5)).save(pictures / "1.jpg")
    out = pictures / "styled"
    for _ in range(2):
        result = artgan_cli("apply", "--style", "invert", pictures, "--out", out)
        assert result.exit_code == 0, result.output
        made = sorted(str(path.relative_to(out)) for path in out.rglob("*.*"))
        assert made[:3] == ["1-jpg-invert.png", "1-png-invert.png", "2-invert.png"]
        assert made[-1] == "more/0-invert.png"
        assert len(made) == 9


def test_folders_that_cannot_be_styled_are_told(
    artgan_cli: Call, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (pictures / "more").mkdir()
    (pictures / "more/0.png").write_bytes((pictures / "1.png").read_bytes())
    for given, out, says in (
        ([tmp_path / "empty"], "out", "no pictures in folder"),
        ([pictures], pictures / "0.png", "is a file"),
        ([pictures / "0.png", pictures / "more/0.png"], "out", "would both become"),
    ):
        result = artgan_cli("apply", "--style", "invert", *given, "--out", out)
        assert (result.exit_code, says in result.output) == (1, True), result.output


def test_one_fault_of_the_style_is_told_once(artgan_cli: Call, pictures: Path) -> None:
    result = artgan_cli("apply", "--filter", "halftone:inks=cyn", pictures, "--out", "out")
    assert result.exit_code == 1
    assert result.output.count("mean 'cyan'") == 1
    assert "and 7 more" in result.output


def test_a_chain_of_ones_own_tells_what_ended_its_palette(artgan_cli: Call, pictures: Path) -> None:
    chain = ["--filter", "palette:gameboy", "--filter", "grain"]
    result = artgan_cli("apply", *chain, pictures / "0.png", "--out", "out")
    assert "Note: step 'grain' mixed the 4 colours" in result.output
