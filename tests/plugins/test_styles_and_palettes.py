"""Every shipped style runs, and the names are honest; palettes are checked by the contract kit."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from artgan.pictures.files import read_picture
from artgan.plugin.color import srgb_to_oklab
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

PHOTO = Path(__file__).parents[2] / "docs" / "images" / "photo.jpg"
REGISTRY = load_registry(packages=False)
STYLES = [entry.declaration.name for entry in REGISTRY.entries("style")]


def test_there_are_at_least_24_styles() -> None:
    assert len(STYLES) >= 24


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("channels", [1, 4])
def test_a_style_gives_a_picture_that_is_not_flat(name: str, channels: int) -> None:
    pixels = np.linspace(0, 1, 12 * 16 * channels, dtype=np.float32).reshape(12, 16, channels)
    chain = parse_style(name, REGISTRY)
    # Small stand-ins for the enlargements keep this quick.
    steps = [s for s in chain.steps if s.entry.declaration.name != "upscale"]
    small = type(chain)(chain.name, tuple(steps))
    styled = apply_style(small, Picture(pixels), registry=REGISTRY, seed=1)
    assert styled.picture.color.std() > 0.01
    assert len(styled.record["steps"]) == len(steps)


def test_styles_of_warm_light_are_told_apart_at_a_glance() -> None:
    photo = read_picture(PHOTO)
    names = ("ember", "sunset", "thermal", "infrared")
    chains = [parse_style(name, REGISTRY) for name in names]
    styled = [apply_style(chain, photo, registry=REGISTRY).picture for chain in chains]
    seen = [srgb_to_oklab(picture.color) for picture in styled]
    for one, other in combinations(seen, 2):
        assert np.sqrt(((one - other) ** 2).sum(2)).mean() > 0.1
