"""Every shipped style runs, and the names are honest; palettes are checked by the contract kit."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from artgan.pictures.files import read_picture
from artgan.plugin.color import srgb_to_oklab
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize
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


def test_a_style_lays_its_ground_under_a_cut_out_unless_it_is_told_not_to() -> None:
    pixels = np.zeros((24, 24, 4), np.float32)
    pixels[8:16, 8:16] = (0.8, 0.2, 0.1, 1)
    cut_out = Picture(pixels)
    for style, knobs, clear in (
        ("newsprint", {}, False),
        ("newsprint", {"ground": "none"}, True),
        ("pixel", {}, True),
        ("pixel", {"ground": "ff0000"}, False),
        ("grain | vignette", {"ground": "ff0000"}, False),
    ):
        chain = parse_style(style, REGISTRY, knobs=knobs)
        styled = apply_style(chain, cut_out, registry=REGISTRY).picture
        assert (styled.alpha is not None and styled.alpha.min() == 0) == clear, (style, knobs)


def test_print_styles_have_ink_for_the_figure_whatever_its_ground() -> None:
    drawn = np.zeros((64, 64, 1), np.float32)
    drawn[24:40, 16:48] = 1
    photo = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64, 1)
    for pixels, turned in ((drawn, True), (1 - drawn, False), (photo, False)):
        chain = parse_style("polarity", REGISTRY)
        result = apply_style(chain, Picture(pixels), registry=REGISTRY).picture
        assert np.allclose(result.color, 1 - pixels if turned else pixels)


def test_styles_of_warm_light_are_told_apart_at_a_glance() -> None:
    photo = read_picture(PHOTO)
    names = ("ember", "sunset", "thermal", "infrared")
    chains = [parse_style(name, REGISTRY) for name in names]
    styled = [apply_style(chain, photo, registry=REGISTRY).picture for chain in chains]
    seen = [srgb_to_oklab(resize(each, 128, 128).to("srgb").color) for each in styled]
    for one, other in combinations(seen, 2):
        assert np.sqrt(((one - other) ** 2).sum(2)).mean() > 0.1
