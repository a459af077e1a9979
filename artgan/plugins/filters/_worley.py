"""Cells around scattered points (Worley 1996, "A cellular texture basis function")."""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips


def cells(
    picture: Picture, size: float, rng: np.random.Generator, moved: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Scatter points and find the two nearest of each pixel.

    Args:
        picture: The cells have its size.
        size: Side of a cell as a share of the shorter side.
        rng: Where the points lie.
        moved: By how many cells each place is moved, (H, W, 2); None is not at all.

    Returns:
        Distances to the nearest and to the second point in cells, and the number of the nearest,
        (H, W) each.
    """
    side = size * picture.shorter_side
    rows, columns = (max(1, round(n / side)) for n in (picture.height, picture.width))
    points = rng.uniform(0.1, 0.9, (rows + 4, columns + 4, 2)).astype(np.float32)
    shape = (picture.height, picture.width)
    first, second = np.empty(shape, np.float32), np.empty(shape, np.float32)
    which = np.empty(shape, np.int64)
    along = (np.arange(picture.width, dtype=np.float32) + 0.5)[None, :] * columns / picture.width

    def work(start: int, stop: int) -> None:
        down = (np.arange(start, stop, dtype=np.float32) + 0.5)[:, None] * rows / picture.height
        down, across = np.broadcast_arrays(down, along)
        if moved is not None:
            down, across = down + moved[start:stop, :, 0], across + moved[start:stop, :, 1]
        row = np.clip(np.floor(down).astype(np.int64), 0, rows - 1)
        column = np.clip(np.floor(across).astype(np.int64), 0, columns - 1)
        near = np.full(down.shape, np.inf, np.float32)
        next_near, owner = near.copy(), np.zeros(down.shape, np.int64)
        for over in (-1, 0, 1):
            for beside in (-1, 0, 1):
                spot = points[row + over + 2, column + beside + 2]
                y = (row + over) + spot[:, :, 0] - down
                x = (column + beside) + spot[:, :, 1] - across
                away = np.sqrt(y * y + x * x).astype(np.float32)
                closer = away < near
                next_near = np.where(closer, near, np.minimum(next_near, away))
                number = (row + over + 2) * (columns + 4) + column + beside + 2
                owner = np.where(closer, number, owner)
                near = np.minimum(near, away)
        first[start:stop], second[start:stop], which[start:stop] = near, next_near, owner

    in_strips(work, picture.height, 8 * picture.width)
    return first, second, which
