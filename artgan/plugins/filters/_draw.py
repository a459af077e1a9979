"""Drawing dots and pen strokes as cover, with one pixel of soft edge."""

from collections.abc import Sequence

import numpy as np

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps
from artgan.plugins.filters._dots import Dots

AT_ONCE = 1 << 20
"""Pixels drawn in one step."""


def draw_dots(
    dots: Dots, height: int, width: int, wraps: Wraps = (False, False), *, apart: bool = False
) -> FloatArray:
    """Give the cover (height, width) in [0, 1] of dots.

    Args:
        dots: What to draw.
        height: Rows of the result.
        width: Columns of the result.
        wraps: Whether (x, y) wrap around.
        apart: The dots hardly overlap: where their soft edges meet they add up, which keeps the
            tone. Else the greater cover counts, as along a stroke.
    """
    cover = np.zeros(height * width, np.float32)
    reach = np.ceil(dots.radius + 1).astype(int)
    for size in np.unique(reach):
        chosen = np.flatnonzero(reach == size)
        steps = np.arange(-size, size + 1)
        patch = len(steps) ** 2
        for first in range(0, len(chosen), max(1, AT_ONCE // patch)):
            part = chosen[first : first + max(1, AT_ONCE // patch)]
            _draw_patch(cover, dots, part, steps, (height, width), wraps, apart)
    return np.minimum(cover, 1).reshape(height, width)


def _draw_patch(
    cover: FloatArray,
    dots: Dots,
    part: np.ndarray,
    steps: np.ndarray,
    shape: tuple[int, int],
    wraps: Wraps,
    apart: bool,
) -> None:
    height, width = shape
    rows = np.floor(dots.down[part]).astype(int)[:, None, None] + steps[:, None]
    columns = np.floor(dots.across[part]).astype(int)[:, None, None] + steps
    radius = dots.radius[part][:, None, None]
    away = np.hypot(
        rows + 0.5 - dots.down[part][:, None, None],
        columns + 0.5 - dots.across[part][:, None, None],
    )
    # A dot smaller than a pixel covers its own area and no more.
    small = np.minimum(1, 2 * radius) ** 2
    drawn = (np.clip(np.maximum(radius, 0.5) - away + 0.5, 0, 1) * small).astype(np.float32)
    inside = np.ones(drawn.shape, bool)
    if wraps[1]:
        rows = rows % height
    else:
        inside &= (rows >= 0) & (rows < height)
    if wraps[0]:
        columns = columns % width
    else:
        inside &= (columns >= 0) & (columns < width)
    flat = (rows * width + columns)[inside]
    if apart:
        cover += np.bincount(flat, drawn[inside], len(cover)).astype(np.float32)
    else:
        np.maximum.at(cover, flat, drawn[inside])


def draw_strokes(strokes: Sequence[np.ndarray], pen: float, height: int, width: int) -> FloatArray:
    """Give the cover (height, width) of strokes by a round pen.

    Args:
        strokes: Each (N, 2), x and y in pixels, N at least 2.
        pen: Width in pixels.
        height: Rows of the result.
        width: Columns of the result.
    """
    step = max(0.5, pen / 4)
    places = [_walk(stroke, step) for stroke in strokes]
    points = np.concatenate(places) if places else np.empty((0, 2))
    down, across = points[:, 1].astype(np.float32), points[:, 0].astype(np.float32)
    radius = np.full(len(points), max(pen / 2, 0.05), np.float32)
    thin = np.float32(min(1.0, pen))
    # A line thinner than a pixel is a full one that is fainter.
    radius = np.maximum(radius, 0.5)
    return draw_dots(Dots(down, across, radius), height, width) * thin


def _walk(stroke: np.ndarray, step: float) -> np.ndarray:
    """Give points along a stroke, at most ``step`` apart."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.linspace(0, along[-1], max(2, int(np.ceil(along[-1] / step)) + 1))
    return np.stack([np.interp(wanted, along, stroke[:, i]) for i in (0, 1)], axis=1)
