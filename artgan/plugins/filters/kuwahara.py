"""Painterly smoothing that keeps edges: each pixel takes the mean of its calmest surroundings.

Four sectors are the squares of Kuwahara 1976. Eight are Gaussians set off by the radius, mixed by
how calm they are (after Papari et al. 2007); their means and variances are blurs moved sideways,
so a large radius costs no more.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import Wraps, gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_drawn import KuwaharaOptions
from artgan.plugins.filters._warp import fold, premultiplied

FLAT = 1e-5
"""Variance below which all sectors count the same."""


def apply(picture: Picture, options: KuwaharaOptions, context: FilterContext) -> Picture:
    """Smooth the picture (sRGB) within its edges."""
    radius = options.radius * picture.shorter_side
    if radius < 0.5:
        return picture
    light = premultiplied(picture)
    color = light[:, :, : picture.color.shape[2]]
    squares = np.einsum("hwc,hwc->hw", color, picture.color)[:, :, None]
    alpha = np.ones((*color.shape[:2], 1), np.float32) if picture.alpha is None else picture.alpha
    stack = np.concatenate([color, squares, alpha], axis=2)
    smooth = _squares if options.sectors == "4" else _petals
    return picture.replace(color=np.clip(smooth(stack, radius, picture.wraps), 0, 1))


def _mean_and_unrest(stack: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give means (H, W, C) and variances (H, W, 1) from sums of colour, squares and alpha."""
    weight = np.maximum(stack[:, :, -1:], 1e-6)
    mean = stack[:, :, :-2] / weight
    spread = stack[:, :, -2:-1] / weight - np.einsum("hwc,hwc->hw", mean, mean)[:, :, None]
    # A sector without any opaque pixel must never be chosen.
    unrest = np.where(stack[:, :, -1:] < 1e-4, np.float32(1e3), np.maximum(spread, 0))
    return mean.astype(np.float32), unrest.astype(np.float32)


def _petals(stack: FloatArray, radius: float, wraps: Wraps) -> FloatArray:
    mean, unrest = _mean_and_unrest(gaussian_blur(stack, radius / 2, wraps))
    calm = np.float32(FLAT) / (unrest + np.float32(FLAT))
    # To the fourth power by products; clear sectors come to nothing.
    calm *= calm
    calm *= calm
    weighted = np.concatenate([mean * calm, calm], axis=2)
    height, width, channels = weighted.shape
    reach = max(1, round(radius))
    rows = fold(np.arange(-reach, height + reach), height, wraps[1])
    columns = fold(np.arange(-reach, width + reach), width, wraps[0])
    padded = weighted[rows][:, columns]
    result = np.empty((height, width, channels - 1), np.float32)

    def work(start: int, stop: int) -> None:
        total = np.zeros((stop - start, width, channels), np.float32)
        for sector in range(8):
            angle = sector * np.pi / 4
            down, across = round(reach * np.sin(angle)), round(reach * np.cos(angle))
            moved = padded[reach + start + down :][: stop - start]
            total += moved[:, reach + across :][:, :width]
        np.divide(total[:, :, :-1], np.maximum(total[:, :, -1:], 1e-36), out=result[start:stop])

    in_strips(work, height, width * channels)
    return result


def _squares(stack: FloatArray, radius: float, wraps: Wraps) -> FloatArray:
    side = max(1, round(radius))
    height, width = stack.shape[:2]
    rows = fold(np.arange(-side, height + side), height, wraps[1])
    columns = fold(np.arange(-side, width + side), width, wraps[0])
    sums = stack[rows][:, columns].astype(np.float64)
    for axis in (0, 1):
        sums = np.cumsum(sums, axis=axis)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis=axis)
    box = side + 1
    corner = sums[box:, box:] - sums[:-box, box:] - sums[box:, :-box] + sums[:-box, :-box]
    means, unrests = _mean_and_unrest((corner / box**2).astype(np.float32))
    best, least = means[:height, :width], unrests[:height, :width]
    for top, left in ((0, side), (side, 0), (side, side)):
        mean = means[top : top + height, left : left + width]
        unrest = unrests[top : top + height, left : left + width]
        calmer = unrest < least
        best, least = np.where(calmer, mean, best), np.minimum(unrest, least)
    return best
