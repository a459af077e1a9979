"""Amplitude-modulated halftone: turned screens whose dots grow with darkness.

Each spot function is put through its own cumulative distribution, so that the printed tone equals
the wanted one; a raw cosine spot is off by up to 6 %.
"""

from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import parse_hex, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import HalftoneOptions
from artgan.plugins.filters._inks import covers, ink_light

STEPS = 4096
UPRIGHT = 45.0
"""The angle at which several inks keep their own angles."""


def apply(picture: Picture, options: HalftoneOptions, context: FilterContext) -> Picture:
    """Print the picture (linear) in inks on paper, with smooth dot edges."""
    light = to_rgb(picture.color)
    inks = [ink_light(ink) for ink in options.inks]
    paper = _paper(options.paper)
    cell = picture.shorter_side / options.lines
    printed = np.empty(light.shape, np.float32)

    def work(start: int, stop: int) -> None:
        strip = light[start:stop]
        cover = covers(strip.reshape(-1, 3), inks).reshape(*strip.shape[:2], len(inks))
        total = np.broadcast_to(paper, strip.shape).copy()
        for number, ink in enumerate(inks):
            angle = screen_angle(number, options)
            screen = _screen(picture, slice(start, stop), cell, angle, options.shape)
            # One pixel of soft edge: the screen runs through 4 / cell of its range in a pixel.
            soft = max(cell / 4, 0.5)
            places = (cover[:, :, number] * (STEPS - 1) + 0.5).astype(np.intp)
            begin = _edges(soft).take(places)
            inked = np.clip((screen - begin) * np.float32(soft), 0, 1)
            total *= 1 - inked[:, :, None] * (1 - ink)
        printed[start:stop] = total

    in_strips(work, picture.height, 3 * picture.width)
    return picture.replace(color=printed)


def _paper(color: str) -> FloatArray:
    try:
        return srgb_to_linear(parse_hex(color))
    except ValueError as error:
        raise StyleError(f"paper: {error}") from error


def screen_angle(number: int, options: HalftoneOptions) -> float:
    """Give the turn of an ink's screen in degrees."""
    if len(options.inks) == 1:
        return options.angle
    return options.angles[number % len(options.angles)] + options.angle - UPRIGHT


def _screen(picture: Picture, rows: slice, cell: float, angle: float, shape: str) -> FloatArray:
    """Give thresholds (H, W) of some rows, evenly spread over [0, 1]."""
    turn = np.deg2rad(angle)
    down = (np.arange(picture.height)[rows, None] - picture.height / 2).astype(np.float32)
    across = (np.arange(picture.width)[None, :] - picture.width / 2).astype(np.float32)
    scale = np.float32(1 / cell)
    along = (across * np.float32(np.cos(turn)) + down * np.float32(np.sin(turn))) * scale
    beside = (down * np.float32(np.cos(turn)) - across * np.float32(np.sin(turn))) * scale
    spot = SHAPES[shape](along, beside)
    table = _even(shape)
    spread: FloatArray = table.take((np.clip(spot, 0, 1) * (STEPS - 1) + 0.5).astype(np.intp))
    return spread


def _wave(turns: FloatArray) -> FloatArray:
    """Give 1 in the middle of each turn's start and 0 half a turn away, along straight lines."""
    wave: FloatArray = np.abs(2 * (turns - np.floor(turns)) - 1)
    return wave


def _dot(along: FloatArray, beside: FloatArray) -> FloatArray:
    turn = np.float32(2 * np.pi)
    spot: FloatArray = (np.cos(along * turn) + np.cos(beside * turn)) / 4 + np.float32(0.5)
    return spot


SHAPES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "dot": _dot,
    "line": lambda along, beside: _wave(beside),
    "diamond": lambda along, beside: (_wave(along) + _wave(beside)) * np.float32(0.5),
    "cross": lambda along, beside: np.maximum(_wave(along), _wave(beside)),
}
"""Height in [0, 1] at a place given in cells; ink starts where it is highest."""


@lru_cache(maxsize=64)
def _edges(soft: float) -> FloatArray:
    """Give where on the screen ink begins (STEPS,), for covers from 0 to 1.

    Ink grows along a ramp of 1 / soft of the screen, whose heights are spread evenly. Where the
    ramp would stick out of the screen, at faint and at nearly solid tones or on small screens, it
    begins elsewhere, so that the mean is the cover all the same; bare paper and solid ink stay so.
    """
    width = 1 / soft
    share = np.linspace(0, 1, STEPS)
    inside = min(width, 1.0) ** 2 / (2 * width)
    middle = 1 - share - width / 2 if width <= 1 else 0.5 - width * share
    low, high = 1 - np.sqrt(2 * width * share), np.sqrt(2 * width * (1 - share)) - width
    begin = np.where(share < inside, low, np.where(1 - share < inside, high, middle))
    result: FloatArray = begin.astype(np.float32)
    return result


@cache
def _even(shape: str) -> FloatArray:
    """Give the share of a cell that lies below each height (STEPS,)."""
    places = (np.arange(512, dtype=np.float32) + 0.5) / 512
    along: FloatArray = np.tile(places, len(places))
    heights = np.sort(SHAPES[shape](along, np.repeat(places, len(places))))
    below = np.searchsorted(heights, np.linspace(0, 1, STEPS)) / heights.size
    even: FloatArray = below.astype(np.float32)
    return even
