"""Drawings made of strokes and filled shapes, for plotters and print."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]


def _no_circles() -> Points:
    return np.empty((0, 3))


@dataclass(frozen=True)
class Layer:
    """What one pen or ink draws.

    Attributes:
        name: Name of the pen or ink.
        color: Its colour as hex, without ``#``.
        strokes: Lines, each (N, 2): x and y in pixels of the picture, N at least 2.
        pen: Width of the strokes in pixels.
        shapes: Filled outlines, each (N, 2); the last point joins the first.
        circles: Filled circles (K, 3): x, y and radius in pixels.
    """

    name: str
    color: str
    strokes: Sequence[Points] = ()
    pen: float = 1.0
    shapes: Sequence[Points] = ()
    circles: Points = field(default_factory=_no_circles)


@dataclass(frozen=True)
class Drawing:
    """A drawing on paper.

    Attributes:
        width: Width in pixels of the picture that was drawn.
        height: Its height in pixels.
        layers: Layers in the order in which they are drawn.
        paper: Colour of the paper as hex, without ``#``.
    """

    width: int
    height: int
    layers: Sequence[Layer]
    paper: str = "ffffff"
