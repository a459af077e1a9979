"""Warps pictures: a map says for every pixel of the result where it is read in the picture."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.fast import compiled
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import fold, folded, halve
from artgan.plugin.strips import STRIP_VALUES, in_strips

Places = tuple[FloatArray, FloatArray, FloatArray | None]
Map = Callable[[FloatArray, FloatArray], Places]
"""Takes the middles of pixels, down (N, 1) and across (1, W), in pixels from the corner; returns
where to read them, down and across (N, W), and the factor by which the picture shrinks there, or
None."""
LEVELS = 6
"""Number of sizes that a picture is read at: its own and smaller copies."""
SHRINKS = np.float32(1.4)
"""Factor from which a map must report shrinking; from the root of 2 a smaller copy is read."""


def premultiplied(picture: Picture) -> FloatArray:
    """Return the pixels (H, W, C) with alpha multiplied in."""
    if picture.alpha is None:
        return picture.pixels
    return np.concatenate([picture.color * picture.alpha, picture.alpha], axis=2)


def straight(picture: Picture, pixels: FloatArray) -> FloatArray:
    """Clip pixels to [0, 1] and, if the picture has alpha, divide by it again."""
    pixels = np.clip(pixels, 0, 1)
    if picture.alpha is None:
        return pixels
    alpha = pixels[:, :, -1:]
    color = np.clip(pixels[:, :, :-1] / np.maximum(alpha, 1e-6), 0, 1)
    return np.concatenate([color, alpha], axis=2)


def center_of(picture: Picture, center: tuple[float, ...]) -> tuple[float, float]:
    """Convert a centre in shares (across, down) to pixels (down, across)."""
    return center[1] * picture.height, center[0] * picture.width


def distance(down: FloatArray, across: FloatArray) -> FloatArray:
    """Compute the length (N, W) of ways down (N, 1) and across (1, W), or (N, W) both.

    It is twice as quick as ``np.hypot``.
    """
    squares = np.square(down, dtype=np.float64) + np.square(across, dtype=np.float64)
    length: FloatArray = np.sqrt(squares, out=squares).astype(np.float32)
    return length


def warp(picture: Picture, places: Map) -> Picture:
    """Read every pixel where the map says, with bilinear interpolation.

    Beyond a border that does not wrap the picture is mirrored. Where the picture shrinks, pixels
    are read from smaller copies, so that fine detail does not flicker.
    """
    pixels, wraps = premultiplied(picture), picture.wraps
    height, width, channels = pixels.shape
    across = np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)
    most = min(LEVELS - 1, (min(height, width) - 1).bit_length())
    moved = np.empty((height, width, channels), np.float32)
    quick = compiled(fetch_each, folded, seconds=5e-8 * height * width)
    read = _reader([pixels], wraps, quick)
    postponed: list[Postponed] = []

    def work(start: int, stop: int) -> None:
        down = np.arange(start, stop, dtype=np.float32)[:, None] + np.float32(0.5)
        rows, columns, shrink = places(down, across)
        strip = moved[start:stop]
        which = np.empty(0) if shrink is None else np.flatnonzero(shrink >= SHRINKS)
        few = 2 * len(which) <= strip[:, :, 0].size
        if few:
            read(None, np.asarray(rows, np.float32), np.asarray(columns, np.float32), strip)
            _finish(strip, picture.has_alpha)
        if shrink is not None and len(which):
            chosen = which.astype(np.int32) if few else slice(None)
            level = np.log2(np.maximum(shrink.reshape(-1)[chosen], 1)) + np.float32(0.5)
            level = np.minimum(level, most).astype(np.int8)
            there = (np.broadcast_to(p, shrink.shape).reshape(-1)[chosen] for p in (rows, columns))
            postponed.append((strip.reshape(-1, channels), chosen, level, *there))

    in_strips(work, height, 4 * width)
    if not postponed:
        return picture.replace(pixels=moved)
    read_smaller = _reader(_smaller_copies(pixels, wraps, postponed), wraps, quick)

    def work_postponed(start: int, stop: int) -> None:
        for strip, chosen, level, rows, columns in postponed[start:stop]:
            # A whole strip is read straight into its place.
            whole = isinstance(chosen, slice)
            found = strip if whole else np.empty((len(level), channels), np.float32)
            read_smaller(level[None], rows[None], columns[None], found[None])
            _finish(found, picture.has_alpha)
            if not whole:
                strip[chosen] = found

    in_strips(work_postponed, len(postponed), STRIP_VALUES)
    return picture.replace(pixels=moved)


def _scale(number: int) -> np.float32:
    """Compute the size of a smaller copy as a share of the picture's."""
    return np.float32(0.5**number)


def _finish(pixels: FloatArray, has_alpha: bool) -> None:
    """Clip pixels (..., C) to [0, 1] and divide by alpha again, in place."""
    np.clip(pixels, 0, 1, out=pixels)
    if has_alpha:
        pixels[..., :-1] /= np.maximum(pixels[..., -1:], 1e-6)
        np.clip(pixels, 0, 1, out=pixels)


Postponed = tuple[FloatArray, Any, np.ndarray, FloatArray, FloatArray]
"""Pixels to read from smaller copies: the strip (N, C) that they lie in, which of its pixels they
are, and for each the number of the copy and the place in the picture, down and across."""


def _smaller_copies(
    pixels: FloatArray, wraps: tuple[bool, bool], postponed: list[Postponed]
) -> list[FloatArray]:
    """List the picture and its smaller copies, in which only rows that are read are computed."""
    most = max(int(level.max()) for _, _, level, _, _ in postponed)
    copies = [pixels]
    if 4 * sum(len(level) for _, _, level, _, _ in postponed) > pixels[:, :, 0].size:
        # To find which rows are read would take longer than to compute all of them.
        for _ in range(most):
            copies.append(halve(copies[-1], wraps))
        return copies
    lengths = [len(pixels)]
    for _ in range(most):
        lengths.append((lengths[-1] + 1) // 2)
    read = [np.zeros(length, bool) for length in lengths]
    for number in range(most, 0, -1):
        for _, _, level, rows, _ in postponed:
            tops = np.floor(rows[level == number] * _scale(number) - np.float32(0.5)).astype(int)
            for lines in (tops, tops + 1):
                read[number][fold(lines, lengths[number], wraps[1])] = True
        makes = 2 * np.flatnonzero(read[number])
        for lines in (makes - 1, makes, makes + 1, makes + 2):
            read[number - 1][fold(lines, lengths[number - 1], wraps[1])] = True
    for wanted in read[1:]:
        copies.append(halve(copies[-1], wraps, wanted=wanted))
    return copies


Reader = Callable[[np.ndarray | None, FloatArray, FloatArray, FloatArray], object]
"""Takes the numbers of the copies to read (None for the picture itself), the places in the picture,
down and across, all (N, W), and room (N, W, C) for the pixels."""


def _reader(
    copies: list[FloatArray], wraps: tuple[bool, bool], quick: Callable[..., Any] | None
) -> Reader:
    """Build a function that reads a picture and its smaller copies, compiled if that is there."""
    if quick is None:
        return partial(_read, copies, wraps)
    full, *smaller = (np.ascontiguousarray(copy).reshape(-1) for copy in copies)
    flats = full, np.concatenate(smaller) if smaller else full
    sizes = np.array([copy.shape[:2] for copy in copies])
    starts = np.cumsum([0, 0, *(sizes[1:, 0] * sizes[1:, 1])])[: len(copies)]
    table, channels = np.column_stack([sizes, starts]), tuple(range(copies[0].shape[2]))
    scales = np.float32(0.5) ** np.arange(len(copies), dtype=np.float32)

    def read(
        level: np.ndarray | None, rows: FloatArray, columns: FloatArray, strip: FloatArray
    ) -> None:
        if level is None:
            level = np.zeros(strip.shape[:2], np.int8)
        else:
            smaller = scales.take(level)
            rows, columns = rows * smaller, columns * smaller
        places = [np.ascontiguousarray(np.broadcast_to(p, level.shape)) for p in (rows, columns)]
        quick((flats, table), (level, *places), wraps, strip, channels)

    return read


def _read(
    copies: list[FloatArray],
    wraps: tuple[bool, bool],
    level: np.ndarray | None,
    rows: FloatArray,
    columns: FloatArray,
    strip: FloatArray,
) -> None:
    """Read from one copy after the other."""
    if level is None:
        fetch(copies[0], rows, columns, wraps, into=strip)
        return
    for number in range(int(level.min()), int(level.max()) + 1):
        here, scale = level == number, _scale(number)
        strip[here] = fetch(copies[number], rows[here] * scale, columns[here] * scale, wraps)


def fetch_each(
    copies: tuple[Any, Any],
    places: tuple[Any, Any, Any],
    wraps: tuple[bool, bool],
    strip: Any,
    channels: tuple[int, ...],
) -> None:
    """Compute ``_read`` pixel by pixel, as a kernel for ``compiled``.

    Args:
        copies: Pixels of the picture, and those of all smaller copies, flat; a table (N, 3) of the
            height, width and first pixel of each.
        places: Number of the copy, and place in it down and across, (H, W) each.
        wraps: As in ``fetch``.
        strip: Room (H, W, C) for the result.
        channels: The numbers 0 to C - 1; the length of a tuple is known when it is compiled.
    """
    (flats, table), (level, rows, columns) = copies, places
    half, each, width = np.float32(0.5), len(channels), strip.shape[1]
    tops, lefts = np.empty(width, np.int32), np.empty(width, np.int32)
    lowers, rights = np.empty(width, np.float32), np.empty(width, np.float32)
    copy, flat = np.int64(0), flats[0]
    tall, wide, start = table[copy, 0], table[copy, 1], table[copy, 2]
    for y in range(len(strip)):
        # Nothing is looked up in this loop, so the processor works on several pixels at a time.
        for x in range(width):
            row, column = rows[y, x] - half, columns[y, x] - half
            top, left = np.floor(row), np.floor(column)
            tops[x], lefts[x] = np.int32(top), np.int32(left)
            lowers[x], rights[x] = row - top, column - left
        for x in range(width):
            if level[y, x] != copy:
                copy = np.int64(level[y, x])
                flat = flats[min(copy, 1)]
                tall, wide, start = table[copy, 0], table[copy, 1], table[copy, 2]
            up, before, lower, right = np.int64(tops[x]), np.int64(lefts[x]), lowers[x], rights[x]
            above = start + folded(up, tall, wraps[1]) * wide
            below = start + folded(up + 1, tall, wraps[1]) * wide
            after = folded(before + 1, wide, wraps[0])
            before = folded(before, wide, wraps[0])
            # With unsigned indices, numba need not check for ones that count from the end.
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
    """Read pixels (H, W, C) at any places (...), with bilinear interpolation.

    Args:
        pixels: (H, W, C).
        down: Pixels from the upper edge; 0.5 is the middle of the first row.
        across: Pixels from the left edge.
        wraps: Whether they wrap (across, down); beyond other borders they are mirrored.
        into: Array (..., C) for the result; None makes a new one.
    """
    height, width, channels = pixels.shape
    rows, columns = down - np.float32(0.5), across - np.float32(0.5)
    top, left = np.floor(rows), np.floor(columns)
    lower, right = np.subtract(rows, top, out=rows), np.subtract(columns, left, out=columns)
    shape = np.broadcast_shapes(top.shape, left.shape)
    if into is None:
        into = np.empty((*shape, channels), np.float32)
    beyond = _outside(top, height) | _outside(left, width)
    outside = np.flatnonzero(np.broadcast_to(beyond, shape)) if np.any(beyond) else np.empty(0, int)
    few = 4 * len(outside) <= into[..., 0].size
    line = width * channels
    if few:
        # The few outside get wrong values here, which are replaced below.
        starts = top.astype(np.intp) * line + left.astype(np.intp) * channels
        corners, steps = [starts] * 4, (0, channels, line, line + channels)
    else:
        above, below = _starts(top, height, wraps[1], line)
        before, after = _starts(left, width, wraps[0], channels)
        corners = [row + column for row in (above, below) for column in (before, after)]
        steps = (0, 0, 0, 0)
    flat = np.ascontiguousarray(pixels, np.float32).reshape(-1)
    found = [np.empty(shape, np.float32) for _ in range(4)]
    first, second, third, fourth = found
    # Within one channel, the numbers to add lie side by side.
    for channel in range(channels):
        for corner, step, numbers in zip(corners, steps, found, strict=True):
            # mode="clip" is quicker than the check whether all places lie in the array.
            flat[channel + step :].take(corner, out=numbers, mode="clip")
        upper, under = _between(first, second, right), _between(third, fourth, right)
        np.add(_rise(upper, under, lower), upper, out=into[..., channel])
    if few and len(outside):
        here = np.unravel_index(outside, shape)
        rest_down, rest_across = (np.broadcast_to(p, shape)[here] for p in (down, across))
        into[here] = fetch(pixels, rest_down, rest_across, wraps)
    return into


def _outside(lines: FloatArray, length: int) -> Any:
    """Find which whole numbers, or those after them, lie outside [0, ``length``)."""
    if not lines.size or (lines.min() >= 0 and lines.max() < length - 1):
        return np.False_
    return (lines < 0) | (lines >= length - 1)


def _starts(
    lines: FloatArray, length: int, wrap: bool, step: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Compute where lines (...) and the lines after them begin in a flat array.

    Args:
        lines: Whole numbers, which may lie outside [0, ``length``).
        length: Number of lines.
        wrap: As in ``fold``.
        step: Numbers from one line to the next.
    """
    first = lines.min() if lines.size else np.float32(0)
    span = lines.max() - first if lines.size else np.float32(0)
    if not span < lines.size:
        whole = lines.astype(np.intp)
        return fold(whole, length, wrap) * step, fold(whole + 1, length, wrap) * step
    # Many places lie on few lines, so each line is folded only once.
    table = fold(np.arange(span + 2, dtype=np.intp) + int(first), length, wrap) * step
    places = (lines - first).astype(np.intp)
    return table.take(places), table[1:].take(places)


def _between(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """Interpolate between two arrays, in the memory of ``end``."""
    mixed = _rise(start, end, share)
    mixed += start
    return mixed


def _rise(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    end -= start
    end *= share
    return end
