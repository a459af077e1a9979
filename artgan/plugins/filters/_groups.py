"""The 17 wallpaper groups in lattice coordinates.

A place is x along the first side of a cell and y along the second, both in [0, 1). Every element is
a matrix of whole numbers and a shift by halves, so it maps a lattice with an even number of points
on each side onto itself exactly. Generators follow the International Tables for Crystallography,
volume A.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Element = tuple[int, int, int, int, int, int]
"""(a, b, c, d, s, t): x becomes a x + b y + s / 2, and y becomes c x + d y + t / 2."""

TURN_2: Element = (-1, 0, 0, -1, 0, 0)
TURN_4: Element = (0, -1, 1, 0, 0, 0)
TURN_3: Element = (0, -1, 1, -1, 0, 0)
TURN_6: Element = (1, -1, 1, 0, 0, 0)
MIRROR: Element = (-1, 0, 0, 1, 0, 0)
MIDDLE: Element = (1, 0, 0, 1, 1, 1)
LONG: Element = (0, -1, -1, 0, 0, 0)
"""A mirror along the long diagonal of the hexagonal cell, perpendicular to a translation."""
SHORT: Element = (0, 1, 1, 0, 0, 0)
"""A mirror along the short diagonal, in the direction of a translation."""

GENERATORS: dict[str, tuple[Element, ...]] = {
    "p1": (),
    "p2": (TURN_2,),
    "pm": (MIRROR,),
    "pg": ((-1, 0, 0, 1, 0, 1),),
    "cm": (MIRROR, MIDDLE),
    "pmm": (MIRROR, TURN_2),
    "pmg": (TURN_2, (-1, 0, 0, 1, 1, 0)),
    "pgg": (TURN_2, (-1, 0, 0, 1, 1, 1)),
    "cmm": (MIRROR, TURN_2, MIDDLE),
    "p4": (TURN_4,),
    "p4m": (TURN_4, MIRROR),
    "p4g": (TURN_4, (-1, 0, 0, 1, 1, 1)),
    "p3": (TURN_3,),
    "p3m1": (TURN_3, LONG),
    "p31m": (TURN_3, SHORT),
    "p6": (TURN_6,),
    "p6m": (TURN_6, SHORT),
}
HEXAGONAL = ("p3", "p3m1", "p31m", "p6", "p6m")
"""Groups whose cell is a rhombus of 120 degrees."""


def combine(first: Element, second: Element) -> Element:
    """Compute the element that applies ``second``, then ``first``; shifts are modulo 2 halves."""
    a, b, c, d, s, t = first
    e, f, g, h, u, v = second
    return (
        a * e + b * g,
        a * f + b * h,
        c * e + d * g,
        c * f + d * h,
        (a * u + b * v + s) % 2,
        (c * u + d * v + t) % 2,
    )


@cache
def elements(group: str) -> tuple[Element, ...]:
    """List all elements of a group modulo the translations of its cell, the identity first."""
    found: list[Element] = [(1, 0, 0, 1, 0, 0)]
    for known in found:
        for generator in GENERATORS[group]:
            new = combine(generator, known)
            if new not in found:
                found.append(new)
    return tuple(found)


def images(group: str, side: int) -> list[NDArray[np.int64]]:
    """Compute where each element maps the points of a lattice, as flat indices (side * side,).

    The number of points along each side must be even.
    """
    y, x = np.divmod(np.arange(side * side), side)
    return [
        (c * x + d * y + t * side // 2) % side * side + (a * x + b * y + s * side // 2) % side
        for a, b, c, d, s, t in elements(group)
    ]


def plane(group: str, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Convert lattice coordinates to places (across, down) in the plane, in sides of a cell."""
    if group in HEXAGONAL:
        return x - y / 2, y * np.sqrt(3) / 2
    return x, y


@dataclass(frozen=True)
class Domain:
    """The piece of the plane that a pattern repeats.

    Attributes:
        across: From the piece's middle to the nearest copy of each lattice point, in cells.
        down: The same downwards.
        chosen: For each point (side * side,), the point of its orbit that lies in the piece.
    """

    across: np.ndarray
    down: np.ndarray
    chosen: NDArray[np.int64]


def domain(group: str, side: int) -> Domain:
    """Divide the plane into Dirichlet domains around the cell's roomiest point and its images.

    All points of an orbit choose the same member, since they compare the same ranks; so what is
    read at the chosen points is exactly symmetric.
    """
    middle_x, middle_y = roomiest_point(group)
    y, x = np.divmod(np.arange(side * side), side)
    across, down = _nearest(group, x / side - middle_x, y / side - middle_y)
    order = np.argsort(across**2 + down**2, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    best = rank.copy()
    for image in images(group, side)[1:]:
        np.minimum(best, rank[image], out=best)
    return Domain(across, down, order[best])


def _nearest(group: str, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the shortest of all vectors that differ by translations, (across, down)."""
    x, y = x - np.round(x), y - np.round(y)
    across, down = plane(group, x, y)
    if group not in HEXAGONAL:
        return across, down
    for right in (-1, 0, 1):
        for low in (-1, 0, 1):
            other = plane(group, x + right, y + low)
            # Ties stay with the first.
            shorter = other[0] ** 2 + other[1] ** 2 < across**2 + down**2 - 1e-12
            across = np.where(shorter, other[0], across)
            down = np.where(shorter, other[1], down)
    return across, down


@cache
def roomiest_point(group: str, side: int = 48) -> tuple[float, float]:
    """Find the point that lies farthest from its own images, in cells: the middle of a domain."""
    y, x = np.divmod(np.arange(side * side), side)
    room = np.full(side * side, np.inf)
    for image in images(group, side)[1:]:
        across, down = _nearest(group, (image % side - x) / side, (image // side - y) / side)
        room = np.minimum(room, across**2 + down**2)
    best = int(room.argmax())
    return float(x[best] / side), float(y[best] / side)
