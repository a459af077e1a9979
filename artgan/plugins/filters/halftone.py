"""Amplitude-modulated halftone: rotated screens whose dots grow with darkness.

Each spot function is mapped through its own cumulative distribution, and the soft edge of the dots
is placed so that the printed tone equals the wanted one; a plain cosine spot is off by up to 6 %.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.inks import covers, ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters import HalftoneOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import wave

STEPS = 4096
FINE = 32.0
"""Cells larger than so many pixels count as continuous: their spot function takes all heights."""
COUNTED = 256
"""Side in pixels of the area over which the heights of smaller cells are counted."""
KEPT = 1 << 20
"""Pixels of a picture up to which its screens are kept for the next one: 4 MiB for each ink."""
UPRIGHT = 45.0
"""Value of the option ``angle`` at which several inks keep the angles of ``angles``."""


def apply(picture: Picture, options: HalftoneOptions, context: FilterContext) -> Picture:
    """Print the picture (linear) in inks on paper, with smooth dot edges."""
    light = to_rgb(picture.color)
    inks = [ink_light(ink) for ink in options.inks]
    paper = srgb_to_linear(flat_color(options.paper))
    cell = picture.shorter_side / options.lines
    printed = np.empty(light.shape, np.float32)

    def work(start: int, stop: int) -> None:
        strip = light[start:stop]
        cover = covers(strip.reshape(-1, 3), inks).reshape(*strip.shape[:2], len(inks))
        total = [np.full(strip.shape[:2], one, np.float32) for one in paper]
        for number, ink in enumerate(inks):
            angle = screen_angle(number, options)
            screen, begins = _screen(picture, slice(start, stop), cell, angle, options.shape)
            places = (cover[:, :, number] * (STEPS - 1) + 0.5).astype(np.intp)
            screen = screen - begins.take(places, mode="clip")
            screen *= np.float32(_softness(cell))
            inked = np.clip(screen, 0, 1, out=screen)
            for plane, one in zip(total, ink, strict=True):
                left = inked * (one - 1)
                left += 1
                plane *= left
        for channel, plane in enumerate(total):
            printed[start:stop, :, channel] = plane

    in_strips(work, picture.height, 3 * picture.width)
    return picture.replace(color=printed)


def screen_angle(number: int, options: HalftoneOptions) -> float:
    """Compute the angle of an ink's screen in degrees."""
    if len(options.inks) == 1:
        return options.angle
    return options.angles[number % len(options.angles)] + options.angle - UPRIGHT


def _softness(cell: float) -> float:
    """Compute the slope of a dot's edge; in a pixel the screen changes by 4 / cell of its range."""
    return max(cell / 4, 0.5)


def _screen(
    picture: Picture, rows: slice, cell: float, angle: float, shape: str
) -> tuple[FloatArray, FloatArray]:
    """Compute evenly spread thresholds (H, W) of some rows, and where ink begins for each cover."""
    size = picture.height, picture.width
    _, begins = _tables(shape, cell, angle, (size[0] % 2, size[1] % 2))
    if size[0] * size[1] > KEPT:
        return _thresholds(size, (rows.start, rows.stop), cell, angle, shape), begins
    return _kept_thresholds(size, (0, size[0]), cell, angle, shape)[rows], begins


def _thresholds(
    size: tuple[int, int], rows: tuple[int, int], cell: float, angle: float, shape: str
) -> FloatArray:
    height, width = size
    # Distances of the middles of pixels from the middle of the picture.
    down = np.arange(*rows) + 0.5 - height / 2
    across = np.arange(width) + 0.5 - width / 2
    even, _ = _tables(shape, cell, angle, (height % 2, width % 2))
    return even.take(_heights(shape, cell, angle, down, across), mode="clip")


_kept_thresholds = lru_cache(maxsize=4)(_thresholds)
"""Screens of the last picture: the next one of a film or a series often has its size."""


def _heights(
    shape: str, cell: float, angle: float, down: np.ndarray, across: np.ndarray
) -> NDArray[np.intp]:
    """Compute the height of the spot function, from 0 to STEPS - 1, at rows and columns."""
    turn, scale = np.deg2rad(angle), np.float32(1 / cell)
    y, x = down[:, None].astype(np.float32), across[None, :].astype(np.float32)
    along = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    along *= scale
    beside = y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn))
    beside *= scale
    spot = np.clip(SHAPES[shape](along, beside), 0, 1)
    spot *= np.float32(STEPS - 1)
    spot += np.float32(0.5)
    return spot.astype(np.intp)


def _dot(along: FloatArray, beside: FloatArray) -> FloatArray:
    turn = np.float32(2 * np.pi)
    spot: FloatArray = np.cos(along * turn)
    spot += np.cos(beside * turn)
    spot /= 4
    spot += np.float32(0.5)
    return spot


SHAPES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "dot": _dot,
    "line": lambda along, beside: wave(beside),
    "diamond": lambda along, beside: (wave(along) + wave(beside)) * np.float32(0.5),
    "cross": lambda along, beside: np.maximum(wave(along), wave(beside)),
}
"""Spot functions: height in [0, 1] at a place in cells; ink starts where it is highest."""


@lru_cache(maxsize=64)
def _tables(
    shape: str, cell: float, angle: float, odd: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Compute the share of a screen below each height, and where ink begins for each cover.

    Both are (STEPS,). Small cells are counted at the pixels of a real picture, whose height and
    width may be odd: where a cell has a whole number of pixels, they have few different heights.
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
    """Find where a ramp of ink has to begin so that its mean is the cover, for covers from 0 to 1.

    Args:
        even: Thresholds (K,), rising.
        counts: Share of pixels (K,) that have each.
        width: Width of the ramp, from no ink to full ink.

    Returns:
        (STEPS,); cover 0 is bare paper and cover 1 solid ink, without a ramp.
    """
    # The mean of a ramp is the difference of two means of the part above a place.
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
