"""Edge tangent flow: the direction of edges, and smoothing along it (Kang et al. 2007)."""

import numpy as np

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps, gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._sampling import neighbours
from artgan.plugins.filters._warp import fetch


def tangents(plane: FloatArray, sigma: float, wraps: Wraps) -> FloatArray:
    """Compute unit vectors (H, W, 2), down and across, along the edges of a plane (H, W).

    They are the eigenvectors to the smaller eigenvalue of the structure tensor, which is smoothed
    by ``sigma`` pixels.
    """
    above, below = neighbours(plane, 0, wraps[1])
    left, right = neighbours(plane, 1, wraps[0])
    down, across = below - above, right - left
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
                # A direction and its opposite are the same line: take the one that goes on.
                along = np.sign((found[..., 1:] * heading).sum(axis=2, keepdims=True))
                heading = np.where(along == 0, heading, found[..., 1:] * along)
                rows, columns = rows + stride * heading[..., 0], columns + stride * heading[..., 1]
        smooth[start:stop] = total / (weights[0] + 2 * weights[1:].sum())

    in_strips(work, len(plane), 8 * plane.shape[1])
    return smooth


def form_lines(plane: FloatArray, sigma: float, angle: float, wraps: Wraps) -> FloatArray:
    """Compute unit vectors (H, W, 2), down and across, along the forms of a plane (H, W).

    They are ``tangents``, drawn towards one direction (``angle`` in degrees) where the plane is
    flat, so that lines run on through even parts.
    """
    above, below = neighbours(plane, 0, wraps[1])
    left, right = neighbours(plane, 1, wraps[0])
    down, across = below - above, right - left
    tensor = gaussian_blur(np.stack([down * down, down * across, across * across], 2), sigma, wraps)
    # Where all gradients are weak, those that the direction would have are as strong.
    weak = np.float32(0.05) * tensor[:, :, ::2].sum(axis=2).mean() + np.float32(1e-7)
    turn = np.radians(angle)
    own = (np.cos(turn) ** 2, -np.sin(turn) * np.cos(turn), np.sin(turn) ** 2)
    tensor = tensor + weak * np.array(own, np.float32)
    tensor = gaussian_blur(tensor, sigma, wraps)
    way = np.arctan2(2 * tensor[:, :, 1], tensor[:, :, 2] - tensor[:, :, 0]) / 2
    return np.stack([np.cos(way), -np.sin(way)], axis=2).astype(np.float32)
