"""Mixtures of up to four palette colours that have a given light exactly.

Of all mixtures with that light, the one whose colours lie nearest to it is the answer of a linear
programme: the least sum of share times squared distance in OKLab, with shares that are not negative
and sum to 1. A basic solution has at most four colours. The programmes of many lights are solved
side by side with the revised simplex method (Dantzig 1963, "Linear Programming and Extensions").
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import linear_to_oklab
from artgan.plugin.picture import FloatArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

CORNERS = np.array([[-1, -1, -1], [11, -1, -1], [-1, 11, -1], [-1, -1, 11]], float)
"""Four points around all lights, which the search starts from and gets rid of."""

DEAR = 1e4
"""Cost of a corner: no mixture keeps one if it can do without."""

MOST_STEPS = 100
BLOCK = 1_000_000
"""Numbers in the largest array of a block of lights."""

EXACT = 1e-6


def mixtures(light: FloatArray, palette: FloatArray) -> tuple[Places, Floats, NDArray[np.bool_]]:
    """Find the palette colours to mix for each light.

    Args:
        light: Linear RGB (N, 3).
        palette: Linear RGB (K, 3).

    Returns:
        Places in the palette (N, 4); matrices (N, 4, 4), which turn (red, green, blue, 1) into the
        shares of the four; and whether a mixture has the light, (N,). Others are no use.
    """
    members = np.empty((len(light), 4), np.int64)
    matrices, inside = np.empty((len(light), 4, 4)), np.empty(len(light), bool)
    block = max(1, BLOCK // (len(palette) + 4))
    for begin in range(0, len(light), block):
        part = slice(begin, begin + block)
        members[part], matrices[part], inside[part] = _solve(light[part], palette)
    return members, matrices, inside


def _solve(light: FloatArray, palette: FloatArray) -> tuple[Places, Floats, NDArray[np.bool_]]:
    count = len(palette)
    columns = np.vstack([np.vstack([palette, CORNERS]).T, np.ones(count + 4)])
    wanted = np.hstack([light, np.ones((len(light), 1))])
    near, own = linear_to_oklab(palette), linear_to_oklab(light)
    away = ((own[:, None] - near[None]) ** 2).sum(axis=2)
    costs = np.hstack([away, np.full((len(light), 4), DEAR)])
    members = np.tile(np.arange(count, count + 4), (len(light), 1))
    matrices = np.tile(np.linalg.inv(columns[:, -4:]), (len(light), 1, 1))
    active = np.arange(len(light))
    for _ in range(MOST_STEPS):
        prices = np.take_along_axis(costs[active], members[active], 1)
        gain = costs[active] - (prices[:, None] @ matrices[active])[:, 0] @ columns
        entering = gain.argmin(axis=1)
        better = gain[np.arange(len(active)), entering] < -1e-9
        active, entering = active[better], entering[better]
        if not len(active):
            break
        change = (matrices[active] @ columns[:, entering].T[:, :, None])[:, :, 0]
        shares = (matrices[active] @ wanted[active][:, :, None])[:, :, 0]
        room = np.where(change > 1e-9, np.maximum(shares, 0) / np.maximum(change, 1e-9), np.inf)
        members[active, room.argmin(axis=1)] = entering
        matrices[active] = np.linalg.inv(columns[:, members[active]].transpose(1, 0, 2))
    shares = (matrices @ wanted[:, :, None])[:, :, 0]
    corner = members >= count
    inside = np.where(corner, np.abs(shares), 0).sum(axis=1) < EXACT
    # A corner that is left has no share; the name of its place does not matter.
    matrices[corner] = 0
    return np.where(corner, 0, members), matrices, inside
