"""Makes any picture repeat without a seam.

``blend`` and ``cut`` lay the picture, shifted by half its length, over its own edges: what then
meets at the border are pixels that were neighbours in its middle. ``cut`` joins the two along the
line where they differ least (Efros and Freeman 2001, "Image quilting"). ``smooth`` subtracts the
smooth part that jumps at the border (Moisan 2011, "Periodic plus smooth image decomposition").
"""

from collections.abc import Callable

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import SeamlessOptions
from artgan.plugins.filters._warp import premultiplied, straight

SOFT = 0.004
"""Width of the soft edge along a cut, as a share of the length."""


def apply(picture: Picture, options: SeamlessOptions, context: FilterContext) -> Picture:
    """Make the picture repeat along the chosen axes; ``picture`` is linear."""
    pixels = premultiplied(picture)
    wraps = [wrap or name in options.axes for wrap, name in zip(picture.wraps, "xy", strict=True)]
    if options.method == "smooth":
        pixels = _smooth(pixels, "x" in options.axes, "y" in options.axes)
    else:
        close = METHODS[options.method]
        if "x" in options.axes:
            turned = close(pixels.swapaxes(0, 1), options.overlap, picture.wraps[1])
            pixels = turned.swapaxes(0, 1)
        if "y" in options.axes:
            pixels = close(pixels, options.overlap, wraps[0])
    pixels = np.ascontiguousarray(straight(picture, pixels), np.float32)
    return picture.replace(pixels=pixels, wraps=(wraps[0], wraps[1]))


def _band(length: int, overlap: float) -> int:
    """Compute how many rows change at each end, at least one."""
    return max(1, min(round(overlap * length / 2), length // 2))


def _blend(rows: FloatArray, overlap: float, closed: bool) -> FloatArray:
    """Fade from the shifted picture at both ends to the picture in the middle."""
    length = len(rows)
    end = np.minimum(np.arange(length), length - 1 - np.arange(length)) + 0.5
    share = np.clip(end / _band(length, overlap), 0, 1)
    weight = (share * share * (3 - 2 * share)).astype(np.float32)[:, None, None]
    return rows * weight + np.roll(rows, length // 2, axis=0) * (1 - weight)


def _cut(rows: FloatArray, overlap: float, closed: bool) -> FloatArray:
    """Join the shifted picture to the picture along the least visible line near each end."""
    length, band = len(rows), _band(len(rows), overlap)
    moved = np.roll(rows, length // 2, axis=0)
    costs = ((rows - moved) ** 2).sum(axis=2)
    soft = max(1.0, SOFT * length)
    places = np.arange(length)[:, None] + 0.5
    weight = np.ones((length, rows.shape[1]), np.float32)
    for end in (places, length - places):
        near = costs[:band] if end is places else costs[::-1][:band]
        line = _best_line(near, closed) + 1
        weight *= np.clip((end - line) / soft + 0.5, 0, 1).astype(np.float32)
    return moved + (rows - moved) * weight[:, :, None]


def _best_line(costs: FloatArray, closed: bool) -> np.ndarray:
    """Find the cheapest line through costs (N, M): its row (M,) in each column, one step at most.

    A closed line ends at the row where it begins.
    """
    if not closed or costs.shape[1] < 2:
        return _line(costs)
    count = costs.shape[1]
    middle = int(_line(np.concatenate([costs, costs], axis=1))[count])
    fixed = costs.copy()
    away = np.arange(len(costs)) != middle
    fixed[away, 0] = fixed[away, -1] = np.inf
    return _line(fixed)


def _line(costs: FloatArray) -> np.ndarray:
    """Find the cheapest open line by dynamic programming."""
    total = costs[:, 0].astype(np.float64)
    steps = np.zeros(costs.shape, np.int8)
    padded = np.full(len(costs) + 2, np.inf)
    for column in range(1, costs.shape[1]):
        padded[1:-1] = total
        ways = np.stack([padded[1:-1], padded[:-2], padded[2:]])
        chosen = ways.argmin(0)
        steps[:, column] = np.array([0, -1, 1], np.int8)[chosen]
        total = ways.min(0) + costs[:, column]
    line = np.empty(costs.shape[1], np.int64)
    line[-1] = int(total.argmin())
    for column in range(costs.shape[1] - 1, 0, -1):
        line[column - 1] = line[column] + steps[line[column], column]
    return line


def _mirror(rows: FloatArray, overlap: float, closed: bool) -> FloatArray:
    """Keep the middle half and mirror it to both ends."""
    length = len(rows)
    places = (np.arange(length) - length // 4) % length
    folded: FloatArray = rows[length // 4 + np.minimum(places, length - 1 - places)]
    return folded


def _smooth(pixels: FloatArray, across: bool, down: bool) -> FloatArray:
    """Subtract the smoothest layer that has all jumps across the border (Moisan 2011)."""
    jumps = np.zeros(pixels.shape, np.float64)
    for axis, wanted in ((0, down), (1, across)):
        if wanted:
            inner, moved = pixels.swapaxes(0, axis), jumps.swapaxes(0, axis)
            moved[0] += inner[-1] - inner[0]
            moved[-1] += inner[0] - inner[-1]
    height, width = pixels.shape[:2]
    waves = [2 * np.cos(2 * np.pi * np.fft.fftfreq(height))[:, None] - 2]
    waves.append(2 * np.cos(2 * np.pi * np.fft.rfftfreq(width))[None, :] - 2)
    bend = waves[0] + waves[1]
    bend[0, 0] = 1
    part = np.fft.rfft2(jumps, axes=(0, 1)) / bend[:, :, None]
    part[0, 0] = 0
    layer = np.fft.irfft2(part, s=(height, width), axes=(0, 1))
    return (pixels - layer).astype(np.float32)


METHODS: dict[str, Callable[[FloatArray, float, bool], FloatArray]] = {
    "blend": _blend,
    "cut": _cut,
    "mirror": _mirror,
}
