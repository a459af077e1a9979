"""Masks as filter and as a key of any step."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from artgan.errors import ArtganError
from artgan.plugin.masks import PLACES, TONES, mask_weights
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.files import chain_toml
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)
RAMP = Picture(np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 64, 1).repeat(32, 0))


def run(style: Any, picture: Picture = RAMP) -> Picture:
    return apply_style(parse_style(style, REGISTRY), picture, registry=REGISTRY).picture


@pytest.mark.parametrize("where", [*PLACES, *TONES, "0.2-0.6"])
def test_a_mask_and_its_opposite_cover_the_picture(where: str) -> None:
    weights = mask_weights(where, RAMP)
    assert weights.shape == (32, 64, 1)
    assert weights.max() > 0.9
    assert weights.min() < 0.1
    assert np.allclose(weights + mask_weights(f"not {where}", RAMP), 1)


def test_a_masked_step_leaves_the_rest_alone() -> None:
    masked = run({"filter": "invert", "what": "color", "mask": "right"}).pixels
    assert np.array_equal(masked[:, :28], RAMP.pixels[:, :28])
    assert np.allclose(masked[:, 36:], 1 - RAMP.pixels[:, 36:], atol=1e-6)


def test_a_picture_is_a_mask(tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    Image.fromarray(np.repeat(np.array([[0, 255]], np.uint8), 16, 1).repeat(8, 0)).save(path)
    for style in (
        {"filter": "invert", "what": "color", "mask": str(path)},
        {"filter": "mask", "chain": "invert:color", "where": str(path)},
    ):
        masked = run(style).pixels
        assert np.allclose(masked[:, :24], RAMP.pixels[:, :24], atol=1e-6)
        assert np.allclose(masked[:, 40:], 1 - RAMP.pixels[:, 40:], atol=1e-6)


@pytest.mark.parametrize("mask", ["lihgt", "0.6-0.2", "0.5-2", "5"])
def test_a_wrong_mask_is_told_before_there_is_a_picture(mask: str) -> None:
    with pytest.raises(ArtganError, match="expected light, dark"):
        parse_style({"filter": "invert", "mask": mask}, REGISTRY)


def test_a_mask_stands_in_the_record_and_the_style_file() -> None:
    chain = parse_style("invert mask=circle opacity=0.5", REGISTRY)
    record = apply_style(chain, RAMP, registry=REGISTRY).record
    assert record["steps"][0]["mask"] == "circle"
    assert 'opacity = 0.5, mask = "circle"' in chain_toml(chain)
