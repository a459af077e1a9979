"""Small stones: Voronoi cells around the points of a jittered grid, each in its mean colour."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_drawn import MosaicOptions
from artgan.plugins.filters._pieces import piece_means
from artgan.plugins.filters._warp import premultiplied


def apply(picture: Picture, options: MosaicOptions, context: FilterContext) -> Picture:
    """Lay stones of flat colour with grout between them; ``picture`` is linear."""
    cell = picture.shorter_side / options.columns
    rows, columns = max(1, round(picture.height / cell)), max(1, round(picture.width / cell))
    jitter = context.rng.uniform(-0.5, 0.5, (2, rows, columns)) * options.irregular
    shades = 1 + options.variety * context.rng.uniform(-1, 1, rows * columns)
    owner, rim = _stones(picture, jitter.astype(np.float32))
    stones = piece_means(premultiplied(picture), owner, rows * columns).astype(np.float32)
    alpha = stones[:, -1:] if picture.has_alpha else np.float32(1)
    colors = stones[:, : picture.color.shape[2]] / np.maximum(alpha, 1e-6)
    colors = np.clip(colors * shades[:, None], 0, 1).astype(np.float32)
    grout = ink_light(options.grout)
    stone = colors[owner]
    half = np.float32(options.gap / 2)
    soft = np.float32(picture.shorter_side / options.columns)
    filled = np.clip((rim - half) * soft + 0.5, 0, 1)[:, :, None] if options.gap > 0 else 1.0
    return picture.replace(color=grout + (stone - grout) * filled)


def _stones(picture: Picture, jitter: FloatArray) -> tuple[np.ndarray, FloatArray]:
    """Find each pixel's stone and the distance to the stone's rim in cells, both (H, W)."""
    _, rows, columns = jitter.shape
    owner = np.empty((picture.height, picture.width), np.int64)
    rim = np.empty(owner.shape, np.float32)
    x = ((np.arange(picture.width, dtype=np.float32) + 0.5) * columns / picture.width)[None, :]

    def work(start: int, stop: int) -> None:
        places = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        y = places * np.float32(rows / picture.height)
        row, column = np.floor(y).astype(int), np.floor(x).astype(int)
        shape = (stop - start, picture.width)
        first = np.full(shape, np.inf, np.float32)
        second, best = first.copy(), np.zeros(shape, np.int64)
        to_best = np.zeros((2, *shape), np.float32)
        to_next = np.zeros((2, *shape), np.float32)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                # The grid wraps, so that stones at opposite borders fit.
                number = (row + down) % rows * columns + (column + right) % columns
                away_y = row + down + np.float32(0.5) + jitter[0].take(number) - y
                away_x = column + right + np.float32(0.5) + jitter[1].take(number) - x
                square = away_y**2 + away_x**2
                nearer, near = square < first, square < second
                step = np.stack([away_y, away_x])
                to_next = np.where(nearer, to_best, np.where(near, step, to_next))
                second = np.where(nearer, first, np.minimum(square, second))
                to_best = np.where(nearer, step, to_best)
                first, best = np.minimum(square, first), np.where(nearer, number, best)
        apart = np.sqrt(((to_next - to_best) ** 2).sum(axis=0))
        owner[start:stop] = best
        # Distance to the line halfway between the two nearest points.
        rim[start:stop] = (second - first) / np.maximum(2 * apart, 1e-6)

    in_strips(work, picture.height, 16 * picture.width)
    return owner, rim
