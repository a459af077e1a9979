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
    spots = points[:, :, 0].ravel(), points[:, :, 1].ravel()
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
        # Squares are compared, and roots taken of those that are left.
        near = np.full(down.shape, np.inf, np.float32)
        next_near, owner = near.copy(), np.zeros(down.shape, np.int64)
        corner = (row + 1) * (columns + 4) + column + 1
        # Places are taken from the pixel's own cell on, whose corner is a whole number.
        down, across = (down - row).astype(np.float32), (across - column).astype(np.float32)
        for over in (-1, 0, 1):
            for beside in (-1, 0, 1):
                number = corner + ((over + 1) * (columns + 4) + beside + 1)
                y, x = spots[0].take(number), spots[1].take(number)
                y -= down - np.float32(over)
                x -= across - np.float32(beside)
                y *= y
                x *= x
                y += x
                closer = y < near
                np.minimum(next_near, np.maximum(near, y), out=next_near)
                np.minimum(near, y, out=near)
                np.copyto(owner, number, where=closer)
        first[start:stop], second[start:stop] = np.sqrt(near), np.sqrt(next_near)
        which[start:stop] = owner

    in_strips(work, picture.height, 8 * picture.width)
    return first, second, which
