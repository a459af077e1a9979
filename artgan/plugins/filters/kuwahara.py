"""Painterly smoothing that keeps edges: each pixel takes the mean of its most even surroundings.

Four sectors are the squares of Kuwahara 1976. Eight are Gaussians at the distance of the radius,
weighted by how small their variance is (after Papari et al. 2007); their means and variances are
shifted blurs, so a large radius costs no more.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import Wraps, gaussian_blur, pad
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_drawn import KuwaharaOptions
from artgan.plugins.filters._warp import premultiplied

FLAT = 1e-5
"""Variance below which all sectors weigh the same."""


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
    smooth = _four_squares if options.sectors == "4" else _eight_gaussians
    return picture.replace(color=np.clip(smooth(stack, radius, picture.wraps), 0, 1))


def _mean_and_variance(stack: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute means (H, W, C) and variances (H, W, 1) from sums of colour, squares and alpha."""
    weight = np.maximum(stack[:, :, -1:], 1e-6)
    mean = stack[:, :, :-2] / weight
    spread = stack[:, :, -2:-1] / weight - np.einsum("hwc,hwc->hw", mean, mean)[:, :, None]
    # A sector without any opaque pixel must never be chosen.
    variance = np.where(stack[:, :, -1:] < 1e-4, np.float32(1e3), np.maximum(spread, 0))
    return mean.astype(np.float32), variance.astype(np.float32)


def _eight_gaussians(stack: FloatArray, radius: float, wraps: Wraps) -> FloatArray:
    mean, variance = _mean_and_variance(gaussian_blur(stack, radius / 2, wraps))
    weight = np.float32(FLAT) / (variance + np.float32(FLAT))
    # To the fourth power by products, which leaves next to nothing of clear sectors.
    weight *= weight
    weight *= weight
    weighted = np.concatenate([mean * weight, weight], axis=2)
    height, width, channels = weighted.shape
    reach = max(1, round(radius))
    padded = pad(weighted, reach, wraps)
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


def _four_squares(stack: FloatArray, radius: float, wraps: Wraps) -> FloatArray:
    side = max(1, round(radius))
    height, width = stack.shape[:2]
    sums = pad(stack, side, wraps).astype(np.float64)
    for axis in (0, 1):
        sums = np.cumsum(sums, axis=axis)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis=axis)
    box = side + 1
    corner = sums[box:, box:] - sums[:-box, box:] - sums[box:, :-box] + sums[:-box, :-box]
    means, variances = _mean_and_variance((corner / box**2).astype(np.float32))
    best, least = means[:height, :width], variances[:height, :width]
    for top, left in ((0, side), (side, 0), (side, side)):
        mean = means[top : top + height, left : left + width]
        variance = variances[top : top + height, left : left + width]
        best = np.where(variance < least, mean, best)
        least = np.minimum(variance, least)
    return best
