"""Finds which palette colours can be nearest anywhere in a small box of colours.

A cube of colours is cut into cells. In a cell where one palette colour is nearest everywhere, no
distance has to be computed; in the others only a few palette colours have to be compared.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MARGIN = 2e-5
"""Squared distances that differ by less count as equal, since rounding may swap them."""


def corners(side: int, low: float, high: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Compute the lower and the upper corners (side^3, 3) of the cells of a cube, blue fastest.

    Args:
        side: Cells along each edge.
        low: The cube's lower end on each axis.
        high: Its upper end.
    """
    step = (high - low) / side
    places = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    # The cell of a value is found by sums that are rounded, so each cell is made a little larger.
    return low + (places - 1e-4) * step, low + (places + 1 + 1e-4) * step


def possible(
    low: NDArray[Any],
    high: NDArray[Any],
    to_points: NDArray[Any],
    palette: NDArray[Any],
) -> NDArray[np.bool_]:
    """Find which palette colours can be nearest somewhere in each box.

    The difference of two squared distances is a sum over the axes, so its extremes over a box lie
    at its corners. A colour that is ruled out is farther away everywhere in the box, by more than
    rounding can change.

    Args:
        low: Lower corners (N, A).
        high: Upper corners (N, A).
        to_points: (A, 3); a place p of a box stands for the point p @ to_points.
        palette: Points (K, 3).

    Returns:
        (N, K); every row has at least one True.
    """
    points = palette.astype(np.float64)
    lengths = (points * points).sum(1)
    found = np.empty((len(low), len(points)), np.bool_)
    block = max(1, 1 << 20 >> max(0, len(points).bit_length() - 1))
    for start in range(0, len(low), block):
        bottom, top = low[start : start + block], high[start : start + block]
        middle = (bottom + top) / 2 @ to_points
        best = (lengths - 2 * middle @ points.T).argmin(1)
        # A lower bound of how much farther each colour is than the best one.
        least = lengths - lengths[best, None]
        for axis in range(len(to_points)):
            slope = 2 * (points @ to_points[axis])
            slope = slope - slope[best, None]
            least -= np.maximum(slope * bottom[:, axis, None], slope * top[:, axis, None])
        found[start : start + block] = least <= MARGIN
    return found


def listed(found: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Pack the result of ``possible`` (N, K) into one table for fast lookup.

    Returns:
        First an entry for each box: its colour's index if there is only one, else the negative
        position in the table of a list. The lists follow, each beginning with its length.
    """
    counts = found.sum(1)
    several = np.flatnonzero(counts > 1)
    lengths = counts[several] + 1
    ends = np.cumsum(lengths)
    table = np.empty(len(found) + int(lengths.sum()), np.int32)
    table[: len(found)] = found.argmax(1)
    table[several] = -(len(found) + ends - lengths)
    lists = np.zeros(len(table) - len(found), np.int32)
    heads = np.zeros(len(lists), np.bool_)
    heads[ends - lengths] = True
    lists[heads], lists[~heads] = counts[several], np.nonzero(found[several])[1]
    table[len(found) :] = lists
    return table
