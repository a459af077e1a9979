"""Edge tangent flow: the direction of edges, and smoothing along it (Kang et al. 2007)."""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray
from artgan.plugin.raster import Wraps, gaussian_blur, pad
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._paint import blur
from artgan.plugins.filters._sampling import neighbours


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


STEPS = 3
"""Places that are read on either side of a pixel, along the flow."""


class FlowLines:
    """Lines along a flow, along which planes are averaged.

    Args:
        flow: Unit vectors (H, W, 2), down and across.
        reach: Pixels each way.
        wraps: Whether planes wrap (across, down).
        keep: Keep the places of all lines, 96 bytes a pixel, for the next plane.
    """

    def __init__(self, flow: FloatArray, reach: float, wraps: Wraps, *, keep: bool = False) -> None:
        self._stride = np.float32(reach / STEPS)
        self._rim = math.ceil(reach) + 2
        self._wraps = wraps
        self._flow = [np.ascontiguousarray(flow[:, :, axis]) for axis in (0, 1)]
        self._padded = [self._flat(plane) for plane in self._flow]
        self._kept: dict[int, list[_Place]] | None = {} if keep else None

    def smooth(self, plane: FloatArray) -> FloatArray:
        """Average a plane (H, W) along the lines."""
        weights = np.exp(-0.5 * (np.arange(STEPS + 1) * 2 / STEPS) ** 2).astype(np.float32)
        smooth, padded = np.empty_like(plane), self._flat(plane)

        def work(start: int, stop: int) -> None:
            total = plane[start:stop] * weights[0]
            for number, place in enumerate(self._places(start, stop)):
                found = self._read(padded, place)
                found *= weights[1 + number % STEPS]
                total += found
            smooth[start:stop] = total / (weights[0] + 2 * weights[1:].sum())

        in_strips(work, len(plane), 8 * plane.shape[1])
        return smooth

    def _places(self, start: int, stop: int) -> Iterable["_Place"]:
        if self._kept is None:
            return self._walk(start, stop)
        if start not in self._kept:
            self._kept[start] = list(self._walk(start, stop))
        return self._kept[start]

    def _walk(self, start: int, stop: int) -> Iterator["_Place"]:
        """Yield the places along the lines of some rows, first backwards, then onwards."""
        own = [plane[start:stop] for plane in self._flow]
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        across = np.arange(own[0].shape[1], dtype=np.float32)[None, :] + np.float32(0.5)
        for side in (np.float32(-1), np.float32(1)):
            heading = [part * side for part in own]
            rows, columns = down + self._stride * heading[0], across + self._stride * heading[1]
            for number in range(STEPS):
                place = self._place(rows, columns)
                yield place
                if number == STEPS - 1:
                    break
                way = [self._read(padded, place) for padded in self._padded]
                # A direction and its opposite are the same line: take the one that goes on.
                along = np.sign(way[0] * heading[0] + way[1] * heading[1])
                heading = [
                    np.where(along == 0, old, new * along)
                    for old, new in zip(heading, way, strict=True)
                ]
                rows = rows + self._stride * heading[0]
                columns = columns + self._stride * heading[1]

    def _flat(self, plane: FloatArray) -> FloatArray:
        """Add a rim, so that all places lie inside."""
        return np.ascontiguousarray(pad(plane[:, :, None], self._rim, self._wraps)).reshape(-1)

    def _place(self, rows: FloatArray, columns: FloatArray) -> "_Place":
        rows, columns = rows - np.float32(0.5), columns - np.float32(0.5)
        top, left = np.floor(rows), np.floor(columns)
        line = self._flow[0].shape[1] + 2 * self._rim
        corner = top.astype(np.intp)
        corner += self._rim
        corner *= line
        corner += left.astype(np.intp)
        corner += self._rim
        return corner, np.subtract(rows, top, out=rows), np.subtract(columns, left, out=columns)

    def _read(self, flat: FloatArray, place: "_Place") -> FloatArray:
        """Read a plane with a rim at a place, with bilinear interpolation."""
        corner, lower, right = place
        line = self._flow[0].shape[1] + 2 * self._rim
        upper, after, under, last = (
            flat[step:].take(corner, mode="clip") for step in (0, 1, line, line + 1)
        )
        after -= upper
        after *= right
        upper += after
        last -= under
        last *= right
        under += last
        under -= upper
        under *= lower
        under += upper
        return under


_Place = tuple[NDArray[np.intp], FloatArray, FloatArray]
"""Upper left neighbours in a flat array, and shares of the lower and of the right ones."""


def smooth_along(plane: FloatArray, flow: FloatArray, reach: float, wraps: Wraps) -> FloatArray:
    """Average a plane (H, W) along the flow, ``reach`` pixels each way."""
    return FlowLines(flow, reach, wraps).smooth(plane)


def form_lines(
    plane: FloatArray, sigma: float, angle: float, wraps: Wraps, *, weak: float = 0.0
) -> FloatArray:
    """Compute unit vectors (H, W, 2), down and across, along the forms of a plane (H, W).

    They are ``tangents``, drawn towards one direction (``angle`` in degrees) where the plane is
    flat, so that lines run on through even parts. Flat is where gradients are weaker than ``weak``,
    in change per pixel; 0 finds it by all gradients of the plane.
    """
    above, below = neighbours(plane, 0, wraps[1])
    left, right = neighbours(plane, 1, wraps[0])
    down, across = below - above, right - left
    tensor = gaussian_blur(np.stack([down * down, down * across, across * across], 2), sigma, wraps)
    # Where all gradients are weak, those that the direction would have are as strong.
    if weak > 0:
        least = np.float32((2 * weak) ** 2)
    else:
        least = np.float32(0.05) * tensor[:, :, ::2].sum(axis=2).mean() + np.float32(1e-7)
    turn = np.radians(angle)
    own = (np.cos(turn) ** 2, -np.sin(turn) * np.cos(turn), np.sin(turn) ** 2)
    tensor = tensor + least * np.array(own, np.float32)
    tensor = gaussian_blur(tensor, sigma, wraps)
    way = np.arctan2(2 * tensor[:, :, 1], tensor[:, :, 2] - tensor[:, :, 0]) / 2
    return np.stack([np.cos(way), -np.sin(way)], axis=2).astype(np.float32)


def grown_waves(
    noise: FloatArray, along: Sequence[FlowLines], spacing: float, rounds: int, crest: float
) -> FloatArray:
    """Grow waves (H, W) in [-1, 1] whose crests run along lines, ``spacing`` pixels apart.

    Noise is sharpened across and smoothed along the lines, over and over. What exceeds ``crest``
    times the spread around it is cut off, so that a low value has broad crests.
    """
    waves = noise
    for _ in range(rounds):
        waves = blur(waves, 0.2 * spacing) - blur(waves, 0.36 * spacing)
        for lines in along:
            waves = lines.smooth(waves)
        size = np.sqrt(blur(waves * waves, spacing)) + np.float32(1e-6)
        waves = np.clip(waves / (size * np.float32(crest)), -1, 1)
    return waves
