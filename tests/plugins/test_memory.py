"""What memory would not hold is refused before it is made, with what would fit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgan.errors import DataError, StyleError
from artgan.pictures.files import read_head, read_picture
from artgan.plugin import memory
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def test_the_machine_says_how_much_is_free() -> None:
    assert (memory.free_bytes() or 2**20) >= 2**20
    assert memory.most_pixels() <= memory.MOST_PIXELS


@pytest.mark.parametrize("style", ["upscale:size=400", "tile:columns=20,rows=20"])
def test_a_filter_that_would_need_too_much_says_what_fits(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 100 * 100 * 3 * 4 * memory.COPIES)
    picture = Picture(np.full((20, 20, 3), 0.5, np.float32))
    with pytest.raises(StyleError, match=r"400x400 pixels needs .* GB of memory; 100x100 would"):
        apply_style(parse_style(style, REGISTRY), picture, registry=REGISTRY)


def test_a_file_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (64, 32)).save(tmp_path / "big.png")
    monkeypatch.setattr(memory, "free_bytes", lambda: 16 * 8 * 3 * 4 * memory.COPIES)
    with pytest.raises(DataError, match=r"big\.png' of 64x32 .* 16x8 would fit: make it smaller"):
        read_picture(tmp_path / "big.png")


def test_pillows_shared_limit_is_neither_needed_nor_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("L", (64, 64)).save(tmp_path / "poster.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    monkeypatch.setattr(memory, "free_bytes", lambda: 16 * 8 * 3 * 4 * memory.COPIES)
    assert read_head(tmp_path / "poster.png")[0] == (64, 64)
    with pytest.raises(DataError, match="11x11 would fit"):
        read_picture(tmp_path / "poster.png")
    assert Image.MAX_IMAGE_PIXELS == 100
