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
    copies = [packed(premultiplied(picture))]
    moved = np.empty(picture.pixels.shape, np.float32)
    channels = picture.pixels.shape[2]
    across = np.arange(picture.width, dtype=np.float32)[None, :] + np.float32(0.5)

    def work(start: int, stop: int) -> None:
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        rows, columns, shrink = places(down, across)
        if shrink is None:
            fetch(copies[0], rows, columns, picture.wraps, into=moved[start:stop])
            return
        levels = np.log2(np.maximum(shrink, 1)) + np.float32(0.5)
        chosen = np.minimum(levels.astype(np.intp), len(copies) - 1)
        chosen = np.broadcast_to(chosen, rows.shape)
        for level in range(len(copies)):
            here = chosen == level
            if not here.any():
                continue
            scale = np.float32(0.5**level)
            found = fetch(copies[level], rows[here] * scale, columns[here] * scale, picture.wraps)
            moved[start:stop][here] = found[:, :channels]

    if places(np.full((1, 1), 0.5, np.float32), across)[2] is not None:
        while len(copies) < LEVELS and min(copies[-1].shape[:2]) > 1:
            copies.append(halve(copies[-1], picture.wraps))
    in_strips(work, picture.height, 4 * picture.width)
    return picture.replace(pixels=straight(picture, moved))


def packed(pixels: FloatArray) -> FloatArray:
    """Give three channels a fourth, so that a pixel is one number of 16 bytes to fetch."""
    if pixels.shape[2] != 3:
        return np.ascontiguousarray(pixels)
    wider = np.zeros((*pixels.shape[:2], 4), np.float32)
    wider[:, :, :3] = pixels
    return wider


def fetch(
    pixels: FloatArray,
    down: FloatArray,
    across: FloatArray,
    wraps: tuple[bool, bool],
    *,
    into: FloatArray | None = None,
) -> FloatArray:
    """Read pixels (H, W, C) at places (...) between them, bilinearly.

    Args:
        pixels: (H, W, C).
        down: Pixels from the upper edge; 0.5 is the middle of the first row.
        across: The same from the left edge.
        wraps: Whether (x, y) wrap around; else the picture is mirrored beyond its borders.
        into: Array (..., K) for the result, of the first K channels; None makes a new one.
    """
    height, width, channels = pixels.shape
    rows, columns = down - np.float32(0.5), across - np.float32(0.5)
    top, left = np.floor(rows), np.floor(columns)
    lower, right = rows - top, columns - left
    first_row, first_column = top.astype(np.intp), left.astype(np.intp)
    above = fold(first_row, height, wraps[1]) * width
    below = fold(first_row + 1, height, wraps[1]) * width
    before = fold(first_column, width, wraps[0])
    after = fold(first_column + 1, width, wraps[0])
    flat = np.ascontiguousarray(pixels, np.float32).reshape(-1, channels)
    corners = [_take(flat, row + column) for row in (above, below) for column in (before, after)]
    if into is None:
        into = np.empty((*corners[0].shape[:-1], channels), np.float32)
    for channel in range(into.shape[-1]):
        upper = _between(corners[0][..., channel], corners[1][..., channel], right)
        under = _between(corners[2][..., channel], corners[3][..., channel], right)
        into[..., channel] = _between(upper, under, lower)
    return into


def _take(flat: FloatArray, places: np.ndarray) -> FloatArray:
    """Read whole pixels of (N, C) at places (...); those of 8 or 16 bytes go as one number."""
    kind = {1: np.float32, 2: np.float64, 4: np.complex128}.get(flat.shape[1])
    if kind is None:
        rows: FloatArray = flat.take(places, axis=0)
        return rows
    found = flat.view(kind)[:, 0].take(places)
    return found.view(np.float32).reshape(*places.shape, flat.shape[1])


def _between(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    mixed: FloatArray = end - start
    mixed *= share
    mixed += start
    return mixed


def fold(places: np.ndarray, length: int, wrap: bool) -> np.ndarray:
    """Bring whole places back into [0, length) by wrapping or mirroring."""
    if places.size and places.min() >= 0 and places.max() < length:
        return places
    if wrap:
        return places % length
    folded = places % (2 * length)
    mirrored: np.ndarray = np.minimum(folded, 2 * length - 1 - folded)
    return mirrored
