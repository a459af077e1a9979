"""The laws that every filter keeps beyond those that the contract kit holds any plugin to.

Those of the kit (``artgan/testing/_filter.py``) are not repeated here, but for twice the size,
which is compared more finely.
"""

from typing import Any

import numpy as np
import pytest

from artgan.base.contributions import Entry
from artgan.base.options import describe
from artgan.errors import ArtganError, OptionError, StyleError
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)
FILTERS = REGISTRY.entries("filter")
# Screens are compared where a cell spans several pixels, and without their random specks.
COARSE: dict[str, dict[str, Any]] = {
    "halftone": {"lines": 12},
    "risograph": {"screen": "none", "grain": 0},
    "stipple": {"dots": 1000},
    "plotter": {"lines": 20, "pen": 0.015},
    "crayon": {"grain": 0.01},
    "copier": {"grain": 0.02},
    "patchwork": {"patches": 8},
    "sweets": {"thick": 0.06},
}


def each(entries: list[Entry]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=lambda e: e.declaration.name)


def scene(height: int, width: int, channels: int = 3, wraps: bool = False) -> Picture:
    """A smooth scene that looks the same at any size, and tiles."""
    rows = (np.arange(height)[:, None, None] + 0.5) / height
    columns = (np.arange(width)[None, :, None] + 0.5) / width
    phase = np.arange(channels)[None, None, :] * 0.7
    waves = np.sin(2 * np.pi * (rows + phase)) + np.cos(2 * np.pi * (columns * 2 - phase))
    pixels = (0.5 + 0.22 * waves).astype(np.float32)
    return Picture(pixels, wraps=(wraps, wraps))


def run(entry: Entry, picture: Picture, seed: int = 3, **options: Any) -> Picture:
    chain = parse_style({"filter": entry.full_name, **options}, REGISTRY)
    return apply_style(chain, picture, registry=REGISTRY, seed=seed).picture


@each(FILTERS)
def test_the_same_key_gives_the_same_pixels_alone_or_in_a_series(entry: Entry) -> None:
    chain = parse_style({"filter": entry.full_name}, REGISTRY)
    alone, among = (
        apply_style(chain, scene(16, 16), registry=REGISTRY, seed=3, place=(index, total))
        for index, total in ((0, 1), (5, 9))
    )
    assert np.array_equal(alone.picture.pixels, among.picture.pixels)


def test_where_there_is_a_strength_none_of_it_is_neutral() -> None:
    for entry in FILTERS:
        names = {fact.name for fact in describe(entry.declaration.options)}
        if "strength" in names and entry.declaration.name != "dither":
            # That it is the identity is a check of the contract.
            assert entry.declaration.neutral == {"strength": 0}, entry.where


@each(FILTERS)
def test_smallest_pictures_of_every_mode_work_or_are_refused(entry: Entry) -> None:
    declared = entry.declaration
    options = {"size": 32} if declared.name == "upscale" else {}
    for size, channels in zip(((1, 1), (1, 7), (3, 1), (13, 17)), (2, 4, 1, 4), strict=True):
        if min(size) < declared.minimum_size:
            with pytest.raises(ArtganError, match="needs at least"):
                run(entry, scene(*size, channels), **options)
            continue
        result = run(entry, scene(*size, channels), **options)
        assert 0 <= result.pixels.min() <= result.pixels.max() <= 1
        if declared.keeps_size:
            assert (result.height, result.width) == size
        if channels == 1 and not declared.adds_color:
            assert result.color.shape[2] == 1


@each([entry for entry in FILTERS if not entry.declaration.keeps_wrap])
def test_a_filter_that_ends_a_tile_drops_the_fact_and_says_so(entry: Entry) -> None:
    chain = parse_style({"filter": entry.full_name}, REGISTRY)
    styled = apply_style(chain, scene(32, 32, wraps=True), registry=REGISTRY)
    if not any(styled.picture.wraps):
        assert any(entry.declaration.name in note for note in styled.record["notes"])


@each([e for e in FILTERS if e.declaration.size_free and e.declaration.keeps_size])
def test_it_looks_alike_at_twice_the_size(entry: Entry) -> None:
    options = COARSE.get(entry.declaration.name, {})
    small, large = (run(entry, scene(side, side), **options) for side in (192, 384))
    a, b = small.to("linear").color, large.to("linear").color
    halved = (b[0::2, 0::2] + b[1::2, 0::2] + b[0::2, 1::2] + b[1::2, 1::2]) / 4
    # Compared over blocks of a sixteenth, so that seeded specks and grain even out.
    blocks = [p.reshape(16, 12, 16, 12, -1).mean(axis=(1, 3)) for p in (a, halved)]
    assert np.abs(blocks[0] - blocks[1]).mean() < 3 / 255


@pytest.mark.parametrize("name", ["palette", "dither"])
def test_only_palette_colours_come_out(name: str) -> None:
    result = run(REGISTRY.find("filter", name), scene(40, 40), palette="pico")
    assert result.indexed is not None
    allowed = {tuple(c) for c in result.indexed.tolist()}
    assert {tuple(c) for c in result.color.reshape(-1, 3).tolist()} <= allowed


SMALL: dict[str, Any] = {"size": 24, "columns": 2, "rows": 2, "count": 2, "scale": 2}
"""Values that keep a random chain small."""


def random_options(entry: Entry, rng: np.random.Generator) -> dict[str, Any]:
    """Turn some options to anything that they allow; text stays as it is."""
    turned: dict[str, Any] = {}
    for fact in describe(entry.declaration.options):
        if rng.random() < 0.4:
            continue
        low, high = fact.low, fact.high
        if fact.name in SMALL:
            turned[fact.name] = SMALL[fact.name]
        elif fact.kind == "choice":
            turned[fact.name] = str(rng.choice(fact.choices))
        elif fact.kind == "bool":
            turned[fact.name] = bool(rng.random() < 0.5)
        elif fact.kind in ("int", "float") and low is not None and high is not None:
            drawn = rng.choice([low, high, rng.uniform(low, high)])
            turned[fact.name] = int(drawn) if fact.kind == "int" else float(drawn)
    return turned


@pytest.mark.parametrize("number", range(16))
def test_random_chains_of_ten_never_end_in_a_traceback(number: int) -> None:
    rng = np.random.default_rng(number)
    picture = scene(*((17, 23), (16, 16), (5, 40), (1, 9))[number % 4], 1 + number // 4, wraps=True)
    for place in range(10):
        entry = FILTERS[int(rng.integers(len(FILTERS)))]
        step = {"filter": entry.full_name, **random_options(entry, rng)}
        try:
            chain = parse_style(step, REGISTRY)
            picture = apply_style(chain, picture, registry=REGISTRY, seed=place).picture
        except (StyleError, OptionError):
            # A filter may refuse a picture or a setting in a sentence; PluginError would be its
            # own failure.
            continue
        assert np.isfinite(picture.pixels).all()
        assert 0 <= picture.pixels.min() <= picture.pixels.max() <= 1
        if picture.indexed is not None:
            allowed = {tuple(c) for c in picture.indexed.tolist()}
            seen = np.unique(picture.to("srgb").color.reshape(-1, picture.color.shape[2]), axis=0)
            assert {tuple(c) for c in seen.tolist()} <= allowed
        if max(picture.height, picture.width) > 64:
            picture = picture.replace(pixels=picture.pixels[:64, :64], wraps=(False, False))
