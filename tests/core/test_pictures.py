from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgan.errors import DataError, RunError
from artgan.pictures.files import from_pil, read_picture, read_record, save_png, to_pil
from artgan.plugin.color import (
    linear_to_srgb,
    oklab_to_srgb,
    srgb_to_linear,
    srgb_to_oklab,
)

MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "I;16", "F"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (3, 1), (5, 4)])
def test_every_mode_becomes_floats_in_range(mode: str, size: tuple[int, int]) -> None:
    picture = from_pil(Image.new(mode, size))
    assert (picture.width, picture.height) == size
    assert 0 <= picture.pixels.min() <= picture.pixels.max() <= 1


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_8_bit_pictures_survive_the_round_trip(mode: str) -> None:
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.random.default_rng(0).integers(0, 256, (6, 7, bands), dtype=np.uint8)
    image = Image.fromarray(pixels[:, :, 0] if bands == 1 else pixels)
    assert np.array_equal(np.asarray(to_pil(from_pil(image))), np.asarray(image))
    again = to_pil(from_pil(image).to("linear"))
    assert np.array_equal(np.asarray(again), np.asarray(image))


def test_deep_grey_keeps_its_range() -> None:
    deep = np.linspace(0, 65535, 100).astype(np.uint16).reshape(10, 10)
    pixels = from_pil(Image.fromarray(deep)).pixels
    assert pixels.min() == 0
    assert pixels.max() == pytest.approx(1)


def test_record_is_written_once_and_read_back(tmp_path: Path) -> None:
    path, record = tmp_path / "a.png", {"seed": 7, "style": {"name": "neon"}, "ä": [1, 2.5]}
    save_png(Image.new("RGB", (4, 4)), path, record)
    assert read_record(path) == record
    with Image.open(path) as image:
        assert "Seed: 7" in image.text["parameters"]  # type: ignore[attr-defined]
    with pytest.raises(RunError, match="--overwrite"):
        save_png(Image.new("RGB", (5, 4)), path, record)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n1234"])
def test_files_that_are_no_pictures_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.png"):
        read_picture(path)
    with pytest.raises(DataError, match="no file"):
        read_picture(tmp_path / "missing.png")


def test_bombs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (20000, 20000)).save(path)
    with pytest.raises(DataError, match=r"bomb\.png"):
        read_picture(path)


def test_colour_spaces_agree_with_an_independent_library() -> None:
    from coloraide import Color

    rng = np.random.default_rng(1)
    for rgb in rng.random((40, 3)).astype(np.float32):
        color = Color("srgb", [float(c) for c in rgb])
        assert np.allclose(srgb_to_linear(rgb), color.convert("srgb-linear").coords(), atol=1e-6)
        assert np.allclose(srgb_to_oklab(rgb), color.convert("oklab").coords(), atol=1e-6)


def test_colour_round_trips() -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32)
    assert np.abs(linear_to_srgb(srgb_to_linear(values)) - values).max() < 2e-5
    rgb = np.random.default_rng(2).random((500, 3)).astype(np.float32)
    assert np.abs(oklab_to_srgb(srgb_to_oklab(rgb)) - rgb).max() < 1e-3
    greys = srgb_to_oklab(np.repeat(values[:, None], 3, axis=1))
    assert np.abs(greys[:, 1:]).max() < 1e-4


@pytest.mark.parametrize("sigma", [0.8, 3.0, 9.0, 25.0])
@pytest.mark.parametrize("wraps", [(False, False), (True, True)])
def test_blur_is_a_gaussian(sigma: float, wraps: tuple[bool, bool]) -> None:
    from artgan.plugin.raster import gaussian_blur

    plain = np.zeros((256, 256, 1), np.float32)
    plain[128, 128] = 1
    blurred = gaussian_blur(plain, sigma, wraps)[:, :, 0]
    offsets = np.arange(256) - 128
    line = np.exp(-0.5 * (offsets / sigma) ** 2)
    expected = np.outer(line, line) / (2 * np.pi * sigma**2)
    assert blurred.sum() == pytest.approx(1, abs=2e-3)
    assert np.abs(blurred - expected).max() < 0.03 * expected.max()
