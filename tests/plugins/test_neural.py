"""Enlarging by a network: the extra is named when it is missing, and parts join."""

import sys

import numpy as np
import pytest

from artgan.errors import StyleError
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters import _neural
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def enlarge(picture: Picture, method: str = "neural", **options: object) -> Picture:
    chain = parse_style({"filter": "upscale", "method": method, **options}, REGISTRY)
    return apply_style(chain, picture, registry=REGISTRY).picture


def scene(height: int, width: int, channels: int = 3, wraps: bool = False) -> Picture:
    rows = np.arange(height)[:, None, None] / height * 2 * np.pi
    columns = np.arange(width)[None, :, None] / width * 2 * np.pi
    waves = np.sin(rows + np.arange(channels)) + np.cos(2 * columns)
    return Picture((0.5 + 0.24 * waves).astype(np.float32), wraps=(wraps, wraps))


@pytest.mark.parametrize("method", ["neural", "neural-photo"])
def test_a_missing_package_names_the_extra(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _neural._network.cache_clear()
    monkeypatch.setitem(sys.modules, "ncnn", None)
    with pytest.raises(StyleError, match=r"pip install 'artgan\[neural\]'"):
        enlarge(scene(8, 8), method, size=16)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_it_gives_the_size_asked_for_and_keeps_the_channels(channels: int) -> None:
    pytest.importorskip("ncnn")
    large = enlarge(scene(12, 17, channels), size=40)
    assert large.pixels.shape == (40, 57, channels)
    assert np.isfinite(large.pixels).all()


def test_parts_equal_the_whole_and_a_tile_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ncnn")
    picture = scene(40, 56, wraps=True)
    whole = enlarge(picture, size=80)
    monkeypatch.setattr(_neural, "PART", 16)
    parts = enlarge(picture, size=80)
    assert np.abs(parts.pixels - whole.pixels).max() < 1e-4
    rolled = Picture(np.roll(picture.pixels, (9, 13), (0, 1)), wraps=(True, True))
    moved = np.roll(whole.pixels, (18, 26), (0, 1))
    assert np.abs(enlarge(rolled, size=80).pixels - moved).max() < 1e-4
    assert whole.wraps == (True, True)
