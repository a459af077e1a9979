"""Edge flow: the direction that shapes run in, and smoothing along it (Kang et al. 2007)."""

import numpy as np

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps, gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._warp import fetch, fold


def tangents(plane: FloatArray, sigma: float, wraps: Wraps) -> FloatArray:
    """Give unit vectors (H, W, 2), down and across, along the edges of a plane (H, W).

    They are the lesser eigenvectors of the structure tensor, smoothed by ``sigma`` pixels.
    """
    height, width = plane.shape
    low, high = (fold(np.arange(height) + step, height, wraps[1]) for step in (-1, 1))
    left, right = (fold(np.arange(width) + step, width, wraps[0]) for step in (-1, 1))
    down, across = plane[high] - plane[low], plane[:, right] - plane[:, left]
    tensor = np.stack([down * down, down * across, across * across], axis=2)
    tensor = gaussian_blur(tensor, sigma, wraps)
    angle = np.arctan2(2 * tensor[:, :, 1], tensor[:, :, 2] - tensor[:, :, 0]) / 2
    return np.stack([np.cos(angle), -np.sin(angle)], axis=2).astype(np.float32)


def smooth_along(plane: FloatArray, flow: FloatArray, reach: float, wraps: Wraps) -> FloatArray:
    """Average a plane (H, W) along the flow, ``reach`` pixels each way."""
    steps = 3
    stride = np.float32(reach / steps)
    weights = np.exp(-0.5 * (np.arange(steps + 1) * 2 / steps) ** 2).astype(np.float32)
    joined = np.concatenate([plane[:, :, None], flow], axis=2)
    smooth = np.empty_like(plane)
    across = np.arange(plane.shape[1], dtype=np.float32)[None, :] + np.float32(0.5)

    def work(start: int, stop: int) -> None:
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        total = plane[start:stop] * weights[0]
        for side in (-1, 1):
            heading = flow[start:stop] * np.float32(side)
            rows, columns = down + stride * heading[..., 0], across + stride * heading[..., 1]
            for weight in weights[1:]:
                found = fetch(joined, rows, columns, wraps)
                total += found[..., 0] * weight
                # A direction and its opposite are the same line: go on, never back.
                along = np.sign((found[..., 1:] * heading).sum(axis=2, keepdims=True))
                heading = np.where(along == 0, heading, found[..., 1:] * along)
                rows, columns = rows + stride * heading[..., 0], columns + stride * heading[..., 1]
        smooth[start:stop] = total / (weights[0] + 2 * weights[1:].sum())

    in_strips(work, len(plane), 8 * plane.shape[1])
    return smooth
