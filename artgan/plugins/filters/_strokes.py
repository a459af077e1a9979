"""Pen strokes that print a tone."""

import math
from dataclasses import dataclass

import numpy as np

from artgan.plugin.picture import FloatArray

Stroke = np.ndarray
"""(N, 2): x and y in pixels."""
SWING = 0.45
"""Largest amplitude of a wave, in distances between lines."""
WAVES = 0.6
"""Length of a wave, in distances between lines."""
QUICKEST = 2.0
"""How many more waves there are in the dark at most."""
POINTS = 10
"""Points of a line in the distance between lines."""


def hatch(cover: FloatArray, step: float, angle: float, layers: int) -> list[Stroke]:
    """Draw layers of parallel lines, each where the tone needs one more.

    ``cover`` is the wanted ink (H, W) in [0, 1], ``step`` the distance between lines in pixels, and
    ``angle`` that of the first layer in degrees.
    """
    strokes: list[Stroke] = []
    for layer in range(layers):
        wanted = (layer + 0.5) / layers
        for line in parallel_lines(cover.shape, step, angle + layer * 180 / layers):
            strokes += runs(line, read_at(cover, line) >= wanted)
    return strokes


@dataclass(frozen=True)
class Hand:
    """How a line swings: ``quicken`` and ``lift`` of ``plotter``."""

    quicken: float = 0.0
    lift: float = 0.0

    @property
    def points(self) -> int:
        """Points of a line in the distance between lines: as many for the fastest wave."""
        return math.ceil(POINTS * (1 + QUICKEST * self.quicken))

    def side(self, phase: np.ndarray, tone: np.ndarray) -> np.ndarray:
        """Compute to which side (N,), -1 to 1, a line swings, by its usual phase in radians."""
        # Whole numbers of waves in a usual one: the rest of a line stays where it is in a film.
        faster = np.rint(1 + QUICKEST * self.quicken * tone) if self.quicken else 1
        swung: np.ndarray = np.sin(phase * faster)
        return swung

    def down(self, tone: np.ndarray) -> np.ndarray:
        """Find where (N,) the pen touches the paper."""
        drawn: np.ndarray = tone >= self.lift
        return drawn


def waves(cover: FloatArray, step: float, angle: float, hand: Hand) -> list[Stroke]:
    """Draw wavy lines with a larger amplitude where it is darker."""
    strokes: list[Stroke] = []
    beside = np.array([-math.sin(math.radians(angle)), math.cos(math.radians(angle))])
    for line in parallel_lines(cover.shape, step, angle, hand.points):
        tone = read_at(cover, line)
        phase = np.arange(len(line)) * _stride(step, hand.points) * (2 * math.pi / (WAVES * step))
        swing = SWING * step * tone * hand.side(phase, tone)
        moved = line + swing[:, None] * beside
        strokes += runs(moved, _inside(moved, cover.shape) & hand.down(tone))
    return strokes


def spiral(cover: FloatArray, step: float, hand: Hand) -> list[Stroke]:
    """Draw one wavy line from the middle outwards, with a larger amplitude where it is darker."""
    height, width = cover.shape
    farthest = math.hypot(height, width) / 2
    count = max(2, math.ceil(math.pi * farthest**2 / step / _stride(step, hand.points)))
    # The length of a spiral grows with the square of its radius.
    along = np.linspace(0, math.pi * farthest**2 / step, count)
    radius = np.sqrt(along * step / math.pi)
    angle = 2 * math.pi * radius / step
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    middle = np.array([width / 2, height / 2])
    tone = read_at(cover, middle + radius[:, None] * way)
    swing = SWING * step * hand.side(along * (2 * math.pi / (WAVES * step)), tone)
    points = middle + (radius + swing * tone)[:, None] * way
    return runs(points, _inside(points, cover.shape) & hand.down(tone))


def _stride(step: float, points: int = POINTS) -> float:
    """Compute the distance in pixels between points of a line."""
    return max(0.25, step / points)


def parallel_lines(
    shape: tuple[int, ...], step: float, angle: float, points: int = POINTS
) -> list[Stroke]:
    """List parallel lines across the picture, every other one reversed to shorten the pen's way."""
    height, width = shape
    turn = math.radians(angle)
    along, beside = (
        np.array([math.cos(turn), math.sin(turn)]),
        np.array([-math.sin(turn), math.cos(turn)]),
    )
    half = math.hypot(height, width) / 2
    stride = _stride(step, points)
    places = np.arange(-half, half, stride)
    middle = np.array([width / 2, height / 2])
    lines = []
    number = math.ceil(half / step)
    for row in range(-number, number):
        spots = middle + places[:, None] * along + (row + 0.5) * step * beside
        inside = np.flatnonzero(_inside(spots, shape))
        if len(inside) > 1:
            line = spots[inside[0] : inside[-1] + 1]
            lines.append(line[::-1] if row % 2 else line)
    return lines


def _inside(points: Stroke, shape: tuple[int, ...]) -> np.ndarray:
    inside: np.ndarray = (
        (points >= 0).all(axis=1) & (points[:, 0] <= shape[1]) & (points[:, 1] <= shape[0])
    )
    return inside


def read_at(cover: FloatArray, points: Stroke) -> np.ndarray:
    """Read a plane (H, W) at the pixels in which points lie."""
    rows = np.clip(points[:, 1].astype(int), 0, cover.shape[0] - 1)
    columns = np.clip(points[:, 0].astype(int), 0, cover.shape[1] - 1)
    found: np.ndarray = cover[rows, columns]
    return found


def runs(points: Stroke, drawn: np.ndarray) -> list[Stroke]:
    """Split a line into the strokes where the pen is down."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], drawn.astype(np.int8), [0]])))
    return [
        points[start:stop]
        for start, stop in zip(edges[0::2], edges[1::2], strict=True)
        if stop - start > 1
    ]
