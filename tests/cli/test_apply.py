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
