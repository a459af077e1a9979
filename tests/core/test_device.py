"""The number format is chosen by what it costs here, measured once for a machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from artgan.base import device
from artgan.base.device import bf16_gain, fast_bf16


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "cache"))
    # Processors without bfloat16 take seconds for the layer that is measured otherwise.
    layer, images = device._layer_and_images()
    monkeypatch.setattr(device, "_layer_and_images", lambda: (layer, images[:1, :, :4, :4]))
    bf16_gain.cache_clear()
    yield tmp_path / "cache" / "bf16.json"
    bf16_gain.cache_clear()


def test_what_bfloat16_gains_is_measured_once_and_kept(cache: Path) -> None:
    torch.manual_seed(3)
    gain = bf16_gain()
    drawn = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(1))
    assert gain > 0
    told = json.loads(cache.read_text())
    assert told["gain"] == round(gain, 2)
    cache.write_text(json.dumps({**told, "gain": 7.5}))
    bf16_gain.cache_clear()
    assert bf16_gain() == 7.5


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"machine": ["another"], "gain": 7.5}'])
def test_what_was_kept_of_another_machine_is_measured_anew(cache: Path, text: str) -> None:
    cache.parent.mkdir()
    cache.write_text(text)
    assert bf16_gain() != 7.5
    assert json.loads(cache.read_text())["gain"] > 0


def test_a_cache_that_cannot_be_written_does_no_harm(cache: Path) -> None:
    cache.parent.write_text("a file, no folder")
    assert bf16_gain() > 0


def test_bfloat16_is_taken_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    able = torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    for gain, pays in ((0.7, False), (1.05, False), (2.0, able)):
        monkeypatch.setattr(device, "bf16_gain", lambda gain=gain: gain)
        assert fast_bf16("cpu") == pays
    assert not fast_bf16("mps")
