"""Moving pixels about: a map tells for every pixel of the result where it comes from."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.fast import compiled
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import folded, halve
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


def distance(down: FloatArray, across: FloatArray) -> FloatArray:
    """Give the length of the way down (N, 1) and across (1, W), or (N, W) both.

    As ``np.hypot`` does, but at twice its speed.
    """
    squares = np.square(down, dtype=np.float64) + np.square(across, dtype=np.float64)
    length: FloatArray = np.sqrt(squares, out=squares).astype(np.float32)
    return length


def warp(picture: Picture, places: Map) -> Picture:
    """Fetch every pixel from where the map says, bilinearly.

    Beyond a border that does not wrap the picture is mirrored. Where it shrinks by more than half
    it is fetched from smaller copies, so that nothing flickers.
    """
    channels = picture.pixels.shape[2]
    copies = [premultiplied(picture)]
    across = np.arange(picture.width, dtype=np.float32)[None, :] + np.float32(0.5)
    if places(np.full((1, 1), 0.5, np.float32), across)[2] is not None:
        while len(copies) < LEVELS and min(copies[-1].shape[:2]) > 1:
            copies.append(halve(copies[-1], picture.wraps))
    moved = np.empty((picture.height, picture.width, channels), np.float32)
    get = _getter(copies, picture.wraps)

    def work(start: int, stop: int) -> None:
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        rows, columns, shrink = places(down, across)
        strip = moved[start:stop]
        level = np.zeros(strip.shape[:2], np.int8)
        if shrink is not None:
            level[:] = np.minimum(np.log2(np.maximum(shrink, 1)) + np.float32(0.5), len(copies) - 1)
        get(level, np.asarray(rows, np.float32), np.asarray(columns, np.float32), strip)
        np.clip(strip, 0, 1, out=strip)
        if picture.has_alpha:
            strip[:, :, :-1] /= np.maximum(strip[:, :, -1:], 1e-6)
            np.clip(strip, 0, 1, out=strip)

    in_strips(work, picture.height, 4 * picture.width)
    return picture.replace(pixels=moved)


Getter = Callable[[np.ndarray, FloatArray, FloatArray, FloatArray], None]
"""Takes which smaller copy to read, where in the picture, down and across, (N, W) each, and the
place (N, W, C) for what was read."""


def _getter(copies: list[FloatArray], wraps: tuple[bool, bool]) -> Getter:
    """Give what reads a picture and its smaller copies, as machine code if that pays."""
    height, width, channels = copies[0].shape
    quick = compiled(fetch_each, folded, seconds=5e-8 * height * width)
    if quick is None:
        return partial(_get, copies, wraps)
    sizes = np.array([copy.shape[:2] for copy in copies])
    starts = np.cumsum([0, *(sizes[:-1, 0] * sizes[:-1, 1])])
    if len(copies) == 1:
        flat = np.ascontiguousarray(copies[0]).reshape(-1)
    else:
        flat = np.concatenate([copy.reshape(-1) for copy in copies])
    table = np.column_stack([sizes, starts])
    scales = np.float32(0.5) ** np.arange(len(copies), dtype=np.float32)

    def get(level: np.ndarray, rows: FloatArray, columns: FloatArray, strip: FloatArray) -> None:
        if level.any():
            smaller = scales.take(level)
            rows, columns = rows * smaller, columns * smaller
        full = [np.ascontiguousarray(np.broadcast_to(p, level.shape)) for p in (rows, columns)]
        quick((flat, table), (level, *full), wraps, strip, tuple(range(channels)))

    return get


def _get(
    copies: list[FloatArray],
    wraps: tuple[bool, bool],
    level: np.ndarray,
    rows: FloatArray,
    columns: FloatArray,
    strip: FloatArray,
) -> None:
    """Read from the smaller copies, one after the other."""
    if not level.any():
        fetch(copies[0], rows, columns, wraps, into=strip)
        return
    rows, columns = (np.broadcast_to(place, level.shape) for place in (rows, columns))
    for number in range(int(level.max()) + 1):
        here = level == number
        scale = np.float32(0.5**number)
        strip[here] = fetch(copies[number], rows[here] * scale, columns[here] * scale, wraps)


def fetch_each(
    copies: tuple[Any, Any],
    places: tuple[Any, Any, Any],
    wraps: tuple[bool, bool],
    strip: Any,
    channels: tuple[int, ...],
) -> None:
    """Do as ``_get`` does, pixel by pixel, for machine code.

    Args:
        copies: Numbers of all of them, one after the other; height, width and first pixel of each
            (N, 3).
        places: Copy, and place in it down and across, (H, W) of each pixel.
        wraps: As in ``fetch``.
        strip: Place (H, W, C) for the result.
        channels: 0 to C - 1; machine code knows the length of a tuple beforehand.
    """
    (flat, table), (level, rows, columns) = copies, places
    half, each, width = np.float32(0.5), len(channels), strip.shape[1]
    tops, lefts = np.empty(width, np.int32), np.empty(width, np.int32)
    lowers, rights = np.empty(width, np.float32), np.empty(width, np.float32)
    copy = np.int64(0)
    tall, wide, start = table[copy, 0], table[copy, 1], table[copy, 2]
    for y in range(len(strip)):
        # Several pixels at a time, as nothing is looked up here.
        for x in range(width):
            row, column = rows[y, x] - half, columns[y, x] - half
            top, left = np.floor(row), np.floor(column)
            tops[x], lefts[x] = np.int32(top), np.int32(left)
            lowers[x], rights[x] = row - top, column - left
        for x in range(width):
            if level[y, x] != copy:
                copy = np.int64(level[y, x])
                tall, wide, start = table[copy, 0], table[copy, 1], table[copy, 2]
            up, before, lower, right = np.int64(tops[x]), np.int64(lefts[x]), lowers[x], rights[x]
            above = start + folded(up, tall, wraps[1]) * wide
            below = start + folded(up + 1, tall, wraps[1]) * wide
            after = folded(before + 1, wide, wraps[0])
            before = folded(before, wide, wraps[0])
            # Places without a sign need no look whether they count from the end.
            one, two = np.uint64((above + before) * each), np.uint64((above + after) * each)
            three, four = np.uint64((below + before) * each), np.uint64((below + after) * each)
            for channel in range(len(channels)):
                on = np.uint64(channel)
                upper = (flat[two + on] - flat[one + on]) * right + flat[one + on]
                under = (flat[four + on] - flat[three + on]) * right + flat[three + on]
                strip[y, x, channel] = (under - upper) * lower + upper


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
        into: Array (..., C) for the result; None makes a new one.
    """
    height, width, channels = pixels.shape
    rows, columns = down - np.float32(0.5), across - np.float32(0.5)
    top, left = np.floor(rows), np.floor(columns)
    lower, right = rows - top, columns - left
    above, below = _starts(top, height, wraps[1], width * channels)
    before, after = _starts(left, width, wraps[0], channels)
    flat = np.ascontiguousarray(pixels, np.float32).reshape(-1)
    corners = [row + column for row in (above, below) for column in (before, after)]
    if into is None:
        into = np.empty((*corners[0].shape, channels), np.float32)
    # Channel by channel, all numbers lie side by side.
    for channel in range(channels):
        first, second, third, fourth = (flat[channel:].take(corner) for corner in corners)
        upper, under = _between(first, second, right), _between(third, fourth, right)
        np.add(_rise(upper, under, lower), upper, out=into[..., channel])
    return into


def _starts(
    lines: FloatArray, length: int, wrap: bool, step: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give where lines (...) and the ones after them begin in a flat array.

    Args:
        lines: Whole numbers, which may lie outside [0, ``length``).
        length: How many lines there are.
        wrap: As in ``fold``.
        step: Numbers from one line to the next.
    """
    first = lines.min() if lines.size else np.float32(0)
    span = lines.max() - first if lines.size else np.float32(0)
    if not span < lines.size:
        whole = lines.astype(np.intp)
        return fold(whole, length, wrap) * step, fold(whole + 1, length, wrap) * step
    # Many lie on few lines, which are brought back once.
    table = fold(np.arange(span + 2, dtype=np.intp) + int(first), length, wrap) * step
    places = (lines - first).astype(np.intp)
    return table.take(places), table[1:].take(places)


def _between(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """Give what lies between two arrays, in place of the end."""
    mixed = _rise(start, end, share)
    mixed += start
    return mixed


def _rise(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    end -= start
    end *= share
    return end


def fold(places: np.ndarray, length: int, wrap: bool) -> np.ndarray:
    """Bring whole places back into [0, length) by wrapping or mirroring."""
    if places.size and places.min() >= 0 and places.max() < length:
        return places
    if wrap:
        return places % length
    folded = places % (2 * length)
    mirrored: np.ndarray = np.minimum(folded, 2 * length - 1 - folded)
    return mirrored
