"""Grounds, words, cards and normal maps."""

from typing import Any

import numpy as np
import pytest

from artgan.errors import StyleError
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def run(name: str, picture: Picture, index: int = 0, **options: Any) -> Picture:
    chain = parse_style({"filter": name, **options}, REGISTRY)
    return apply_style(chain, picture, registry=REGISTRY, seed=7, place=(index, 1)).picture


def cut_out(side: int = 64) -> Picture:
    """A red square on nothing."""
    pixels = np.zeros((side, side, 4), np.float32)
    pixels[side // 4 : -side // 4, side // 4 : -side // 4] = (1, 0, 0, 1)
    return Picture(pixels)


def grey(height: int = 64, width: int = 64) -> Picture:
    return Picture(np.full((height, width, 3), 0.5, np.float32))


def test_a_background_shows_where_nothing_is() -> None:
    laid = run("background", cut_out(), color="0000ff", to="00ff00", shape="down").pixels
    assert laid.shape == (64, 64, 3)
    assert np.allclose(laid[32, 32], (1, 0, 0))
    assert laid[0, 0, 2] > 0.99 > 0.1 > laid[0, 0, 1]
    assert laid[-1, 0, 1] > 0.99
    opaque = grey()
    assert np.array_equal(run("background", opaque).pixels, opaque.pixels)


def test_a_caption_tells_the_number_below_the_picture() -> None:
    pages = [run("caption", grey(), index, text="No. {number}").pixels for index in (0, 1, 0)]
    assert np.array_equal(pages[0], pages[2])
    assert not np.array_equal(pages[0], pages[1])
    assert pages[0].shape[0] > 64
    assert np.allclose(pages[0][:64], 0.5)
    ink = pages[0][64:].min(axis=(0, 2)) < 0.3
    # In the middle, as wide to the left as to the right.
    assert abs(int(ink.argmax()) - int(ink[::-1].argmax())) <= 3


def test_a_long_caption_gets_smaller_letters_and_unknown_letters_a_sentence() -> None:
    long = run("caption", grey(), text="A long name " * 5, place="bottom", size=0.3).pixels
    assert long.shape == (64, 64, 3)
    assert np.allclose(long[:, [0, -1]], 0.5)
    assert not np.allclose(long, 0.5)
    with pytest.raises(StyleError, match="no glyph for '龍'"):
        run("caption", grey(), text="龍")


def test_a_card_is_the_same_upside_down_and_clear_at_its_corners() -> None:
    card = run("card", cut_out(), rank="Q", suit="hearts", twin=True).pixels
    assert card.shape[0] == round(card.shape[1] * 1.4)
    assert np.abs(card - card[::-1, ::-1]).max() < 0.02
    assert card[0, 0, 3] == 0
    assert card[len(card) // 2, 1, 3] == 1
    square = run("card", grey(), corners=0, ratio=1.71, title="THE STAR").pixels
    assert square.shape[2] == 3
    assert square.shape[0] == round(square.shape[1] * 1.71)
    assert not np.array_equal(square, run("card", grey(), corners=0, ratio=1.71).pixels)


def test_a_normal_map_leans_away_from_what_rises_and_goes_on_across_the_edge() -> None:
    x = np.linspace(0, 1, 64, dtype=np.float32)
    slope = Picture(np.tile(x[None, :, None] ** 2, (64, 1, 1)))
    mapped = run("normal-map", slope, relief=2).color
    assert np.all(mapped[:, 20:40, 0] < 0.5)
    assert np.allclose(mapped[..., 1], 0.5, atol=1e-3)
    assert np.allclose(np.linalg.norm(mapped * 2 - 1, axis=2), 1, atol=1e-3)
    flipped = slope.replace(color=np.swapaxes(slope.color, 0, 1))
    up, down = (run("normal-map", flipped, green=way).color[32, 32, 1] for way in ("up", "down"))
    assert up > 0.5 > down
    wave = np.sin(np.arange(64) / 64 * 2 * np.pi).astype(np.float32) / 4 + 0.5
    tile = Picture(np.tile(wave[None, :, None], (64, 1, 1)), wraps=(True, True))
    rolled = tile.replace(color=np.roll(tile.color, 10, 1))
    apart = run("normal-map", rolled).color - np.roll(run("normal-map", tile).color, 10, 1)
    assert np.abs(apart).max() < 2e-3
