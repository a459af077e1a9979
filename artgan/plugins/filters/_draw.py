"""Draws dots and pen strokes as cover, with a soft edge of one pixel."""

from collections.abc import Sequence

import numpy as np

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps
from artgan.plugins.filters._dots import Dots

AT_ONCE = 1 << 20
"""Pixels drawn in one step."""
FINEST = 3
"""Width of a pen in pixels below which pictures up to a megapixel are drawn so much larger."""


def draw_dots(
    dots: Dots, height: int, width: int, wraps: Wraps = (False, False), *, apart: bool = False
) -> FloatArray:
    """Draw dots as cover (height, width) in [0, 1].

    If they are ``apart``, dots hardly overlap: where soft edges meet, covers are added, which keeps
    the tone. Otherwise the larger cover counts, as along a stroke.
    """
    cover = np.zeros(height * width, np.float32)
    reach = np.ceil(dots.radius + 1).astype(int)
    for size in np.unique(reach):
        chosen = np.flatnonzero(reach == size)
        steps = np.arange(-size, size + 1)
        patch = len(steps) ** 2
        for first in range(0, len(chosen), max(1, AT_ONCE // patch)):
            part = chosen[first : first + max(1, AT_ONCE // patch)]
            some = Dots(dots.down[part], dots.across[part], dots.radius[part])
            places, drawn = _patches(some, steps, (height, width), wraps, apart)
            if apart:
                cover += np.bincount(places, drawn, len(cover)).astype(np.float32)
            else:
                np.maximum.at(cover, places, drawn)
    return np.minimum(cover, 1).reshape(height, width)


def _patches(
    dots: Dots, steps: np.ndarray, shape: tuple[int, int], wraps: Wraps, apart: bool
) -> tuple[np.ndarray, FloatArray]:
    """List the flat indices of the pixels that dots touch, and how much of each they cover."""
    height, width = shape
    y, x, radius = (v[:, None, None] for v in (dots.down, dots.across, dots.radius))
    rows = np.floor(y).astype(int) + steps[:, None]
    columns = np.floor(x).astype(int) + steps
    away = np.hypot(rows + 0.5 - y, columns + 0.5 - x)
    # A dot smaller than a pixel covers its own area and no more.
    small, shown = np.minimum(1, 2 * radius) ** 2, np.maximum(radius, 0.5)
    if apart:
        # A soft edge of one pixel adds a twelfth to the square of a disc's radius.
        shown = np.sqrt(shown**2 - 1 / 12)
    drawn = (np.clip(shown - away + 0.5, 0, 1) * small).astype(np.float32)
    inside = np.ones(drawn.shape, bool)
    if wraps[1]:
        rows = rows % height
    else:
        inside &= (rows >= 0) & (rows < height)
    if wraps[0]:
        columns = columns % width
    else:
        inside &= (columns >= 0) & (columns < width)
    return (rows * width + columns)[inside], drawn[inside]


def draw_strokes(strokes: Sequence[np.ndarray], pen: float, height: int, width: int) -> FloatArray:
    """Draw strokes (N, 2), N at least 2, of a pen's width in pixels, as cover (height, width)."""
    finer = FINEST if pen < FINEST and height * width < AT_ONCE else 1
    pen, height, width = pen * finer, height * finer, width * finer
    places = [_walk(stroke * finer, max(0.5, pen / 4)) for stroke in strokes]
    points = np.concatenate(places) if places else np.empty((0, 2))
    # A line thinner than a pixel is drawn a pixel wide, but fainter.
    radius = np.full(len(points), max(pen / 2, 0.5), np.float32)
    dots = Dots(points[:, 1].astype(np.float32), points[:, 0].astype(np.float32), radius)
    drawn = draw_dots(dots, height, width) * np.float32(min(1.0, pen))
    small = drawn.reshape(height // finer, finer, width // finer, finer)
    return small.mean(axis=(1, 3)) if finer > 1 else drawn


def _walk(stroke: np.ndarray, step: float) -> np.ndarray:
    """Place points along a stroke, at most ``step`` apart."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.linspace(0, along[-1], max(2, int(np.ceil(along[-1] / step)) + 1))
    return np.stack([np.interp(wanted, along, stroke[:, i]) for i in (0, 1)], axis=1)
