"""Lines of equal height by marching squares (Lorensen and Cline 1987, in two dimensions)."""

import numpy as np

from artgan.plugin.picture import FloatArray

Points = np.ndarray
"""(N, 2): x and y in pixels."""


def level_lines(height: FloatArray, level: float) -> list[Points]:
    """Trace the lines along which a plane (H, W) equals a level; loops end where they began."""
    above = height >= level
    places = np.concatenate([_crossings(height, level), _crossings(height.T, level)[:, ::-1]])
    # Four neighbouring pixels form a square. Each of its sides that a line crosses gets a number;
    # lines lead from one crossed side to another.
    numbers = np.full((2, *height.shape), -1)
    across, down = above[:, :-1] != above[:, 1:], above[:-1] != above[1:]
    numbers[0, :, :-1][across] = np.arange(across.sum())
    # Crossings of the transposed plane are numbered column by column.
    numbers[1, :-1].T[down.T] = np.arange(down.sum()) + across.sum()
    lines = _join(_segments(above, height, level, numbers), len(places))
    return [places[line] for line in lines]


def _crossings(height: FloatArray, level: float) -> Points:
    """Compute where lines cross between neighbours in a row: x and y (N, 2)."""
    above = height >= level
    y, x = np.nonzero(above[:, :-1] != above[:, 1:])
    first, second = height[y, x].astype(float), height[y, x + 1].astype(float)
    return np.stack([x + 0.5 + (level - first) / (second - first), y + 0.5], axis=1)


def _segments(
    above: np.ndarray, height: FloatArray, level: float, numbers: np.ndarray
) -> np.ndarray:
    """List pairs (N, 2) of crossed sides that a line joins within a square."""
    sides = np.stack(
        [
            numbers[0, :-1, :-1],
            numbers[1, :-1, 1:],
            numbers[0, 1:, :-1],
            numbers[1, :-1, :-1],
        ],
        axis=2,
    )
    crossed = sides >= 0
    count = crossed.sum(axis=2)
    plain = sides[count == 2]
    pairs = [plain[plain >= 0].reshape(-1, 2)]
    saddle = count == 4
    if saddle.any():
        corners = height[:-1, :-1] + height[:-1, 1:] + height[1:, :-1] + height[1:, 1:]
        # At a saddle the mean of the four corners decides which of them are joined.
        joined = ((corners / 4 >= level) == above[:-1, :-1])[saddle]
        top, right, bottom, left = sides[saddle].T
        pairs.append(np.stack([top, np.where(joined, right, left)], axis=1))
        pairs.append(np.stack([bottom, np.where(joined, left, right)], axis=1))
    return np.concatenate(pairs)


def _join(pairs: np.ndarray, count: int) -> list[list[int]]:
    """Join pairs of numbers below ``count`` into lines; each number is in one line."""
    beside: list[list[int]] = [[] for _ in range(count)]
    for first, second in pairs.tolist():
        beside[first].append(second)
        beside[second].append(first)
    lines, seen = [], [False] * count
    # Open lines are traced first, from an end; the rest are loops.
    for start in sorted(range(count), key=lambda number: len(beside[number]) != 1):
        if seen[start] or not beside[start]:
            continue
        line, here = [start], start
        seen[start] = True
        while ahead := [number for number in beside[here] if not seen[number]]:
            here = ahead[0]
            seen[here] = True
            line.append(here)
        if len(line) > 2 and start in beside[here]:
            line.append(start)
        if len(line) > 1:
            lines.append(line)
    return lines
