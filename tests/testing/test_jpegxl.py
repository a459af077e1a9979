"""The example that reads JPEG XL: its contract, and through the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from artgan.testing import check_plugin
from tests.platform.conftest import ROOT
from tests.testing.conftest import installed

pytest.importorskip("pillow_jxl", reason="pillow-jxl-plugin, which decodes it, is not installed")

EXAMPLE = ROOT / "examples/artgan-jpegxl"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with installed("artgan-jpegxl", monkeypatch):
        yield


def test_it_keeps_its_contract() -> None:
    report = check_plugin(EXAMPLE / "src/artgan_jpegxl/__init__.py", kinds=["reader"])
    assert report.passed, report.failed


def test_pictures_are_styled_as_any(artgan_cli: Callable[..., Result]) -> None:
    photo = Image.effect_noise((20, 16), 60).convert("RGB")
    photo.save("photo.jxl", lossless=True)
    done = artgan_cli("apply", "--style", "invert:color", "photo.jxl", "--out", "styled")
    assert done.exit_code == 0, done.output
    with Image.open("styled/photo-invert-color.png") as made:
        inverted = photo.point(lambda level: 255 - level)
        assert made.convert("RGB").tobytes() == inverted.tobytes()
    Path("cut.jxl").write_bytes(Path("photo.jxl").read_bytes()[:60])
    cut = artgan_cli("apply", "--style", "invert", "cut.jxl", "--out", "styled")
    assert cut.exit_code == 1
    assert "cut.jxl" in cut.output
    assert "the picture in it is damaged" in cut.output
