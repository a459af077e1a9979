"""Moving pixels about: a map tells for every pixel of the result where it comes from."""

from collections.abc import Callable

import numpy as np

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import halve
from artgan.plugin.strips import in_strips

Places = tuple[FloatArray, FloatArray, FloatArray | None]
Map = Callable[[FloatArray, FloatArray], Places]
"""Takes down (N, 1) and across (1, W), the middles of pixels in pixels from the corner; gives where
they come from, down and across (N, W), and by what factor the picture shrinks there, or None."""
LEVELS = 6


def premultiplied(picture: Picture) -> FloatArray:
    """Give pixels (H, W, C) with alpha multiplied in."""
    if picture.alpha is None:
        return picture.pixels
    return np.concatenate([picture.color * picture.alpha, picture.alpha], axis=2)


def straight(picture: Picture, pixels: FloatArray) -> FloatArray:
    """Take alpha out again, in [0, 1], if the picture has alpha."""
    pixels = np.clip(pixels, 0, 1)
    if picture.alpha is None:
        return pixels
    alpha = pixels[:, :, -1:]
    color = np.clip(pixels[:, :, :-1] / np.maximum(alpha, 1e-6), 0, 1)
    return np.concatenate([color, alpha], axis=2)


def center_of(picture: Picture, center: tuple[float, ...]) -> tuple[float, float]:
    """Give a centre in shares (x, y) as pixels (down, across)."""
    return center[1] * picture.height, center[0] * picture.width


def warp(picture: Picture, places: Map) -> Picture:
    """Fetch every pixel from where the map says, bilinearly.

    Beyond a border that does not wrap the picture is mirrored. Where it shrinks by more than half
    it is fetched from smaller copies, so that nothing flickers.
    """
    copies = [premultiplied(picture)]
    moved = np.empty(picture.pixels.shape, np.float32)
    across = np.arange(picture.width, dtype=np.float32)[None, :] + np.float32(0.5)

    def work(start: int, stop: int) -> None:
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        rows, columns, shrink = places(down, across)
        if shrink is None:
            moved[start:stop] = fetch(copies[0], rows, columns, picture.wraps)
            return
        levels = np.log2(np.maximum(shrink, 1)) + np.float32(0.5)
        chosen = np.minimum(levels.astype(np.intp), len(copies) - 1)
        chosen = np.broadcast_to(chosen, rows.shape)
        for level in np.unique(chosen):
            here = chosen == level
            scale = np.float32(0.5**level)
            found = fetch(copies[level], rows[here] * scale, columns[here] * scale, picture.wraps)
            moved[start:stop][here] = found

    if places(np.full((1, 1), 0.5, np.float32), across)[2] is not None:
        while len(copies) < LEVELS and min(copies[-1].shape[:2]) > 1:
            copies.append(halve(copies[-1], picture.wraps))
    in_strips(work, picture.height, 4 * picture.width)
    return picture.replace(pixels=straight(picture, moved))


def fetch(
    pixels: FloatArray, down: FloatArray, across: FloatArray, wraps: tuple[bool, bool]
) -> FloatArray:
    """Read pixels (H, W, C) at places (...) between them, bilinearly.

    Args:
        pixels: (H, W, C).
        down: Pixels from the upper edge; 0.5 is the middle of the first row.
        across: The same from the left edge.
        wraps: Whether (x, y) wrap around; else the picture is mirrored beyond its borders.
    """
    height, width, channels = pixels.shape
    rows, columns = down - np.float32(0.5), across - np.float32(0.5)
    top, left = np.floor(rows), np.floor(columns)
    lower = (rows - top)[..., None].astype(np.float32)
    right = (columns - left)[..., None].astype(np.float32)
    flat = pixels.reshape(-1, channels)
    above = fold(top.astype(np.intp), height, wraps[1]) * width
    below = fold(top.astype(np.intp) + 1, height, wraps[1]) * width
    before = fold(left.astype(np.intp), width, wraps[0])
    after = fold(left.astype(np.intp) + 1, width, wraps[0])
    upper = _between(flat, above + before, above + after, right)
    under = _between(flat, below + before, below + after, right)
    under -= upper
    under *= lower
    under += upper
    return under


def _between(
    flat: FloatArray, first: np.ndarray, second: np.ndarray, share: FloatArray
) -> FloatArray:
    start: FloatArray = flat.take(first, axis=0)
    end: FloatArray = flat.take(second, axis=0)
    end -= start
    end *= share
    end += start
    return end


def fold(places: np.ndarray, length: int, wrap: bool) -> np.ndarray:
    """Bring whole places back into [0, length) by wrapping or mirroring."""
    if wrap:
        return places % length
    folded = places % (2 * length)
    mirrored: np.ndarray = np.minimum(folded, 2 * length - 1 - folded)
    return mirrored
