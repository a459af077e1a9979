"""Amplitude-modulated halftone: turned screens whose dots grow with darkness.

Each spot function is put through its own cumulative distribution, and the soft edge of its dots is
laid so that the printed tone equals the wanted one; a raw cosine spot is off by up to 6 %.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import parse_hex, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import HalftoneOptions
from artgan.plugins.filters._inks import covers, ink_light

STEPS = 4096
FINE = 32.0
"""Cells larger than so many pixels take their spot function at all its heights."""
COUNTED = 256
"""Pixels a side over which the heights of smaller ones are counted."""
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
            screen, begins = _screen(picture, slice(start, stop), cell, angle, options.shape)
            places = (cover[:, :, number] * (STEPS - 1) + 0.5).astype(np.intp)
            inked = np.clip((screen - begins.take(places)) * np.float32(_softness(cell)), 0, 1)
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


def _softness(cell: float) -> float:
    """Give the slope of a dot's edge: the screen runs through 4 / cell of its range in a pixel."""
    return max(cell / 4, 0.5)


def _screen(
    picture: Picture, rows: slice, cell: float, angle: float, shape: str
) -> tuple[FloatArray, FloatArray]:
    """Give thresholds (H, W) of some rows, evenly spread, and where ink begins for each cover."""
    # Taken at the middles of pixels, as seen from the middle of the picture.
    down = np.arange(picture.height)[rows] + 0.5 - picture.height / 2
    across = np.arange(picture.width) + 0.5 - picture.width / 2
    even, begins = _tables(shape, cell, angle, (picture.height % 2, picture.width % 2))
    return even.take(_heights(shape, cell, angle, down, across)), begins


def _heights(
    shape: str, cell: float, angle: float, down: np.ndarray, across: np.ndarray
) -> NDArray[np.intp]:
    """Give the spot function's height, from 0 to STEPS - 1, at rows and columns."""
    turn, scale = np.deg2rad(angle), np.float32(1 / cell)
    y, x = down[:, None].astype(np.float32), across[None, :].astype(np.float32)
    along = (x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))) * scale
    beside = (y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn))) * scale
    spot = SHAPES[shape](along, beside)
    return (np.clip(spot, 0, 1) * (STEPS - 1) + 0.5).astype(np.intp)


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
def _tables(
    shape: str, cell: float, angle: float, odd: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Give the share of a screen below each height, and where ink begins for each cover (STEPS,).

    Small cells are counted as pixels really take them: where whole pixels fit a cell, they meet
    the spot function at a few heights alone. ``odd`` tells whether (height, width) are.
    """
    if cell > FINE:
        places = (np.arange(512) + 0.5) * (cell / 512)
        heights = _heights(shape, cell, 0.0, places, places)
    else:
        side = round(max(1, int(COUNTED / cell)) * cell)
        down, across = (np.arange(side) - side // 2 + (0 if one else 0.5) for one in odd)
        heights = _heights(shape, cell, angle, down, across)
    counts = np.bincount(heights.ravel(), minlength=STEPS) / heights.size
    even = np.cumsum(counts) - counts / 2
    return even.astype(np.float32), _begins(even, counts, 1 / _softness(cell))


def _begins(even: NDArray[np.float64], counts: NDArray[np.float64], width: float) -> FloatArray:
    """Give where a ramp of ink begins so that its mean is the cover, for covers from 0 to 1.

    Args:
        even: Thresholds (K,), rising.
        counts: Share of pixels (K,) that have each.
        width: Of the ramp, from no ink to full ink.

    Returns:
        (STEPS,); bare paper and solid ink are just that.
    """
    # The mean of a ramp is the difference of two means of what lies above a place.
    above = np.append(np.cumsum(counts[::-1])[::-1], 0)
    mass = np.append(np.cumsum((counts * even)[::-1])[::-1], 0)

    def rest(place: NDArray[np.float64]) -> NDArray[np.float64]:
        first = np.searchsorted(even, place)
        left: NDArray[np.float64] = mass[first] - place * above[first]
        return left

    places = np.linspace(1, -width, 4 * STEPS)
    means = (rest(places) - rest(places + width)) / width
    begin = np.interp(np.linspace(0, 1, STEPS), np.maximum.accumulate(means), places)
    begin[0], begin[-1] = 1, -width
    return begin.astype(np.float32)
