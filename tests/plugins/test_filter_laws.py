"""The laws that every filter keeps, ours or not, judged by what it declares of itself.

Those that the contract kit holds any plugin to are not repeated here: neutral options, clear
pixels, closed seams (``artgan/testing/_filter.py``); twice the size is, more finely.
"""

from typing import Any

import numpy as np
import pytest

from artgan.base.options import describe
from artgan.core.registry import Entry
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
}
by_name = pytest.mark.parametrize("entry", FILTERS, ids=[e.declaration.name for e in FILTERS])


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


@by_name
def test_the_input_is_untouched_and_the_same_seed_gives_the_same_pixels(entry: Entry) -> None:
    picture = scene(24, 32)
    kept = picture.pixels.copy()
    first, second = run(entry, picture), run(entry, picture)
    assert np.array_equal(picture.pixels, kept)
    assert np.array_equal(first.pixels, second.pixels)


@by_name
def test_the_same_key_gives_the_same_pixels_alone_or_in_a_series(entry: Entry) -> None:
    chain = parse_style({"filter": entry.full_name}, REGISTRY)
    alone, among = (
        apply_style(chain, scene(16, 16), registry=REGISTRY, seed=3, index=index, total=total)
        for index, total in ((0, 1), (5, 9))
    )
    assert np.array_equal(alone.picture.pixels, among.picture.pixels)


@by_name
def test_where_there_is_a_strength_none_of_it_is_neutral(entry: Entry) -> None:
    names = [f.encode_name for f in _fields(entry)]
    if "strength" in names and entry.declaration.name != "dither":
        # That it is the identity is a check of the contract.
        assert entry.declaration.neutral == {"strength": 0}


def _fields(entry: Entry) -> Any:
    import msgspec

    return msgspec.structs.fields(entry.declaration.options)


@by_name
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 1), (13, 17)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_odd_sizes_and_all_channels_work(
    entry: Entry, size: tuple[int, int], channels: int
) -> None:
    options = {"size": 32} if entry.declaration.name == "upscale" else {}
    if min(size) < entry.declaration.minimum_size:
        with pytest.raises(ArtganError, match="needs at least"):
            run(entry, scene(*size, channels), **options)
        return
    result = run(entry, scene(*size, channels), **options)
    assert np.isfinite(result.pixels).all()
    assert result.pixels.min() >= 0
    assert result.pixels.max() <= 1
    if entry.declaration.keeps_size:
        assert (result.height, result.width) == size
    if channels == 1 and not entry.declaration.adds_color:
        assert result.color.shape[2] == 1


@by_name
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_black_and_white_stay_finite(entry: Entry, value: float) -> None:
    flat = Picture(np.full((16, 16, 3), value, np.float32))
    result = run(entry, flat)
    assert np.isfinite(result.pixels).all()


@by_name
def test_rolling_before_or_after_is_the_same(entry: Entry) -> None:
    declared = entry.declaration
    if not (declared.rolls and declared.keeps_wrap):
        pytest.skip("it declares that it cannot")
    # Whole multiples of 16 keep filters that work on smaller copies in step.
    picture, by = scene(96, 64, wraps=True), (32, 16)
    rolled = picture.replace(color=np.roll(picture.color, by, (0, 1)))
    result = run(entry, picture)
    assert all(result.wraps)
    apart = run(entry, rolled).color - np.roll(result.color, by, (0, 1))
    assert np.abs(apart).max() < 2e-3


@by_name
def test_a_filter_that_ends_a_tile_drops_the_fact_and_says_so(entry: Entry) -> None:
    if entry.declaration.keeps_wrap:
        pytest.skip("it keeps tiles")
    chain = parse_style({"filter": entry.full_name}, REGISTRY)
    styled = apply_style(chain, scene(32, 32, wraps=True), registry=REGISTRY)
    if not any(styled.picture.wraps):
        assert any(entry.declaration.name in note for note in styled.record["notes"])


@by_name
def test_it_looks_alike_at_twice_the_size(entry: Entry) -> None:
    declared = entry.declaration
    if not (declared.size_free and declared.keeps_size):
        pytest.skip("it works on whole pixels or changes the size")
    options = COARSE.get(declared.name, {})
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
