"""Films: what does not move stays, and a change here does not change what is far away."""

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from artgan.animation.restyle import moving_notes
from artgan.core.registry import Registry
from artgan.errors import StyleError
from artgan.pictures.files import from_pixels, to_pil
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.film import Film
from artgan.styling.parse import parse_style

FAR_REACHING = {
    "collage": "the nearest pictures of a set may change places",
    "common-palette": "colours are taken from all pictures",
    "crayon": "grain is compared with its own spread",
    "engraving": "lines follow forms that reach over the picture",
    "facets": "corners are dealt out over all edges",
    "gouge": "cuts follow forms that reach over the picture",
    "ink-edges": "the strongest edge is black",
    "low-poly": "corners are dealt out over all edges",
    "match": "it looks at the whole picture",
    "mirror": "one half shows in the other",
    "neon-edges": "the strongest edge is the brightest",
    "neon-signs": "few contours are chosen out of all",
    "tile": "copies lie everywhere",
}
"""Filters in which a change reaches far, and why; all others are held to be local here."""
NAMES = [entry.declaration.name for entry in load_registry(packages=False).entries("filter")]


def frames() -> Iterator[np.ndarray]:
    """Yield a frame, the same again, and one in which a small square changed at the left."""
    noise = np.random.default_rng(3).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    still = np.asarray(Image.fromarray(noise).resize((96, 64), Image.Resampling.BICUBIC))
    moved = still.copy()
    moved[24:34, 6:16] = (230, 50, 25)
    yield from (still, still.copy(), moved)


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_move_holds_still(registry: Registry, name: str) -> None:
    try:
        # Some styles are called like a filter.
        chain = parse_style({"filter": name}, registry)
    except StyleError as error:
        # Some filters need to be told something, or a package.
        pytest.skip(str(error))
    shown = []
    film = Film(3, 10.0)
    for number, pixels in enumerate(frames()):
        given, frame = from_pixels(pixels), film.frame(number)
        picture = apply_style(chain, given, registry=registry, seed=0, frame=frame).picture
        shown.append(np.asarray(to_pil(picture).convert("RGB"), int))
    first, again, moved = shown
    assert np.array_equal(first, again)
    if name not in FAR_REACHING:
        far = first.shape[1] * 2 // 3
        changed = np.abs(first - moved).max(axis=2)[:, far:] > 8
        assert changed.mean() < 0.001


def test_films_are_told_what_moves(registry: Registry) -> None:
    (dots,) = moving_notes(parse_style("dither method=atkinson", registry))
    assert "method=blue-noise or bayer-8 holds still" in dots
    assert not moving_notes(parse_style("dither method=atkinson steady=true", registry))
    assert not moving_notes(parse_style("stipple", registry))
    assert not moving_notes(parse_style("dither method=bayer-8", registry))


def test_dots_that_spread_errors_can_hold_still_in_films_and_are_as_before_in_pictures(
    registry: Registry,
) -> None:
    plain, steady = (
        parse_style(f"dither method=atkinson strength=0.75{more}", registry)
        for more in ("", " steady=true")
    )
    given, _, moved = (from_pixels(pixels) for pixels in frames())
    one, other = (apply_style(c, given, registry=registry).picture for c in (plain, steady))
    assert np.array_equal(one.pixels, other.pixels)
    film = Film(2, 10.0)
    first, second = (
        apply_style(steady, picture, registry=registry, frame=film.frame(number)).picture
        for number, picture in enumerate((given, moved))
    )
    changed = (first.pixels != second.pixels).any(axis=2)
    assert changed[:, :24].any()
    assert not changed[:, 24:].any()
