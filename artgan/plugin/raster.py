"""Raster tools for filters: blur, resize, gradients. Arrays are float32 (H, W, C)."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.fast import compiled
from artgan.plugin.picture import Picture
from artgan.plugin.strips import STRIP_VALUES, in_strips

FloatArray = NDArray[np.float32]
Wraps = tuple[bool, bool]
LARGEST_SIGMA = 6.0
"""Blurs beyond this many pixels are computed on a copy of half the size."""


def gaussian_blur(array: FloatArray, sigma: float, wraps: Wraps = (False, False)) -> FloatArray:
    """Blur with a Gaussian.

    Beyond 6 pixels the array is halved until sigma lies between 3 and 6, blurred, and enlarged
    again, which stays within 1/500 of the plain blur.

    Args:
        array: (H, W, C).
        sigma: Standard deviation in pixels; up to 0.05 the array is returned unchanged.
        wraps: Whether it wraps (across, down); borders that do not are mirrored.
    """
    return blurred_sum(array, ((sigma, 1.0),), wraps) if sigma > 0.05 else array


def blurred_sum(
    array: FloatArray,
    parts: Sequence[tuple[float, float]],
    wraps: Wraps = (False, False),
    *,
    spent: bool = False,
) -> FloatArray:
    """Compute a weighted sum of Gaussian blurs of one array, which share smaller copies of it.

    Args:
        array: (H, W, C).
        parts: (standard deviation in pixels, weight) of each blur.
        wraps: Whether it wraps (across, down); borders that do not are mirrored.
        spent: The caller no longer needs the array, so its memory may hold the result.
    """
    height, width = array.shape[:2]
    small = min(height, width) < 16
    near = [part for part in parts if small or part[0] <= LARGEST_SIGMA]
    # Halving and doubling blur too, with a variance of 3/4 each.
    far = [
        (math.sqrt(sigma * sigma - 1.5) / 2, weight)
        for sigma, weight in parts
        if not small and sigma > LARGEST_SIGMA
    ]
    total: FloatArray | None = None
    for sigma, weight in near:
        blurred = _blur_here(array, sigma, wraps, np.float32(weight))
        total = blurred if total is None else add_to(total, blurred)
    if far:
        coarse = blurred_sum(halve(array, wraps), far, wraps, spent=True)
        if total is None:
            return double(coarse, height, width, wraps, into=array if spent else None)
        total = double(coarse, height, width, wraps, into=total, add=True)
    return np.zeros(array.shape, np.float32) if total is None else total


def add_to(total: FloatArray, more: FloatArray) -> FloatArray:
    """Add one array to another in place, in strips; return it."""

    def work(start: int, stop: int) -> None:
        total[start:stop] += more[start:stop]

    in_strips(work, len(total), total[:1].size)
    return total


def _blur_here(array: FloatArray, sigma: float, wraps: Wraps, scale: np.float32) -> FloatArray:
    """Blur without smaller copies, and multiply by ``scale``."""
    if sigma <= 0.05:
        return array * scale
    weights = _weights(sigma)
    blurred = np.empty(array.shape, np.float32)

    def work(start: int, stop: int) -> None:
        reach = len(weights) // 2
        rows = _rows(array, start - reach, stop + reach, wraps[1])
        down = _convolve(rows, weights, 0)
        padded = _pad_columns(down, reach, wraps[0])
        np.multiply(_convolve(padded, weights, 1), scale, out=blurred[start:stop])

    # Each strip also needs the rows around it, so thin strips would cost more.
    in_strips(work, len(array), max(1, array[0].size // 4))
    return blurred


def _weights(sigma: float) -> FloatArray:
    radius = max(1, math.ceil(3.2 * sigma))
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    result: FloatArray = (weights / weights.sum()).astype(np.float32)
    return result


def _rows(array: FloatArray, first: int, last: int, wrap: bool) -> FloatArray:
    """Read rows ``first`` to ``last`` - 1; those outside wrap around or are mirrored."""
    if first >= 0 and last <= len(array):
        return array[first:last]
    rows: FloatArray = array[fold(np.arange(first, last), len(array), wrap)]
    return rows


def fold(places: NDArray[Any], length: int, wrap: bool) -> NDArray[Any]:
    """Map whole numbers to places in [0, length) by wrapping, or else by mirroring at the ends."""
    if places.size and places.min() >= 0 and places.max() < length:
        return places
    if wrap:
        return places % length
    places = places % (2 * length)
    mirrored: NDArray[Any] = np.minimum(places, 2 * length - 1 - places)
    return mirrored


def pad(array: FloatArray, amount: int, wraps: Wraps) -> FloatArray:
    """Add ``amount`` pixels on all sides of (H, W, C), wrapped or mirrored."""
    rows, columns = (
        fold(np.arange(-amount, length + amount), length, wrap)
        for length, wrap in ((len(array), wraps[1]), (array.shape[1], wraps[0]))
    )
    padded: FloatArray = array[rows][:, columns]
    return padded


def _pad_columns(array: FloatArray, amount: int, wrap: bool) -> FloatArray:
    """Add ``amount`` columns on either side, wrapped or mirrored."""
    width = array.shape[1]
    padded = np.empty((len(array), width + 2 * amount, *array.shape[2:]), np.float32)
    padded[:, amount : amount + width] = array
    for begin in (0, amount + width):
        wanted = np.arange(begin - amount, begin)
        padded[:, begin : begin + amount] = array[:, fold(wanted, width, wrap)]
    return padded


def _convolve(padded: FloatArray, weights: FloatArray, axis: int) -> FloatArray:
    reach = len(weights) // 2
    length = padded.shape[axis] - 2 * reach

    def part(start: int) -> FloatArray:
        return padded[start : start + length] if axis == 0 else padded[:, start : start + length]

    total: FloatArray = part(reach) * weights[reach]
    pair = np.empty_like(total)
    for step in range(1, reach + 1):
        # The weights are symmetric, so both sides share one multiplication.
        np.add(part(reach - step), part(reach + step), out=pair)
        pair *= weights[reach + step]
        total += pair
    return total


def halve(
    array: FloatArray, wraps: Wraps = (False, False), *, wanted: NDArray[np.bool_] | None = None
) -> FloatArray:
    """Shrink (H, W, C) to half its sides, rounded up, with the symmetric weights 1, 3, 3, 1.

    Args:
        array: (H, W, C).
        wraps: Whether it wraps (across, down); borders that do not are mirrored.
        wanted: Which rows of the result are needed; others may hold anything. None means all.
    """
    height, width, channels = array.shape
    make = np.empty if wanted is None else np.zeros
    small = make(((height + 1) // 2, (width + 1) // 2, channels), np.float32)
    quick = compiled(halve_each, folded, seconds=8e-9 * array.size)
    lines = np.ascontiguousarray(array, np.float32).reshape(height, -1)

    def work(start: int, stop: int) -> None:
        if wanted is not None and not wanted[start:stop].any():
            return
        if quick is not None:
            quick(lines, small[start:stop], start, width, tuple(wraps), tuple(range(channels)))
            return
        rows = _rows(array, 2 * start - 1, 2 * stop + 1, wraps[1])
        down = _thin(rows[:-2:2], rows[1:-1:2], rows[2::2], rows[3::2])
        padded = _pad_columns(down, 2, wraps[0])[:, 1:]
        last = 2 * small.shape[1] + 2
        for channel in range(channels):
            plane = padded[:, :last, channel]
            small[start:stop, :, channel] = _thin(
                plane[:, :-3:2], plane[:, 1:-2:2], plane[:, 2:-1:2], plane[:, 3::2]
            )

    in_strips(work, len(small), 2 * array[0].size)
    return small


def folded(place: Any, length: Any, wrap: Any) -> Any:
    """Compute ``fold`` for one place, as a kernel for ``compiled``."""
    if 0 <= place < length:
        return place
    if wrap:
        return place % length
    place = place % (2 * length)
    return min(place, 2 * length - 1 - place)


def halve_each(
    lines: Any, small: Any, start: int, width: int, wraps: Wraps, channels: tuple[int, ...]
) -> None:
    """Compute ``halve`` pixel by pixel, as a kernel for ``compiled``.

    Args:
        lines: The array, as (H, W C).
        small: Room (N, (W + 1) // 2, C) for the result's rows from ``start`` on.
        start: First row of the result.
        width: W.
        wraps: As in ``halve``.
        channels: The numbers 0 to C - 1; the length of a tuple is known when it is compiled.
    """
    three, eighth, each = np.float32(3), np.float32(0.125), len(channels)
    down = np.empty(width * each, np.float32)
    for y in range(len(small)):
        middle, tall = 2 * (start + y), len(lines)
        first, last = folded(middle - 1, tall, wraps[1]), folded(middle + 2, tall, wraps[1])
        third = folded(middle + 1, tall, wraps[1])
        for x in range(width * each):
            inner = (lines[middle, x] + lines[third, x]) * three
            down[x] = (inner + lines[first, x] + lines[last, x]) * eighth
        for x in range(small.shape[1]):
            before, beside = folded(2 * x - 1, width, wraps[0]), folded(2 * x + 1, width, wraps[0])
            after = folded(2 * x + 2, width, wraps[0])
            for channel in range(each):
                inner = (down[2 * x * each + channel] + down[beside * each + channel]) * three
                inner = inner + down[before * each + channel] + down[after * each + channel]
                small[y, x, channel] = inner * eighth


def _thin(first: FloatArray, second: FloatArray, third: FloatArray, last: FloatArray) -> FloatArray:
    count = min(len(first), len(last))
    inner = second[:count] + third[:count]
    inner *= np.float32(3)
    inner += first[:count]
    inner += last[:count]
    inner *= np.float32(0.125)
    return inner


def double(
    array: FloatArray,
    height: int,
    width: int,
    wraps: Wraps = (False, False),
    *,
    into: FloatArray | None = None,
    add: bool = False,
) -> FloatArray:
    """Double the sides of (H, W, C) with weights 3/4 and 1/4, and crop to (height, width).

    Args:
        array: (H, W, C).
        height: Rows wanted, at most 2 H.
        width: Columns wanted, at most 2 W.
        wraps: Whether it wraps (across, down); borders that do not are mirrored.
        into: Array (height, width, C) for the result; None makes a new one.
        add: Add to the values of ``into`` instead of replacing them.
    """
    large = np.empty((height, width, array.shape[2]), np.float32) if into is None else into

    def work(start: int, stop: int) -> None:
        rows = enlarged_rows(array, 2 * start, min(2 * stop, height), width, wraps)
        part = large[2 * start : 2 * stop]
        np.add(part, rows, out=part) if add else np.copyto(part, rows)

    in_strips(work, (height + 1) // 2, 2 * width * array.shape[2])
    return large


def enlarged_rows(
    array: FloatArray, first: int, last: int, width: int, wraps: Wraps = (False, False)
) -> FloatArray:
    """Compute rows ``first`` (even) to ``last`` - 1 of ``double``, for work in strips."""
    start, stop = first // 2, (last + 1) // 2
    padded = _pad_columns(_rows(array, start - 1, stop + 1, wraps[1]), 1, wraps[0])
    quarter = padded * np.float32(0.25)
    padded *= np.float32(0.75)
    down = np.empty((2 * (stop - start), *padded.shape[1:]), np.float32)
    np.add(padded[1:-1], quarter[:-2], out=down[0::2])
    np.add(padded[1:-1], quarter[2:], out=down[1::2])
    quarter = down * np.float32(0.25)
    down *= np.float32(0.75)
    across = np.empty((len(down), array.shape[1], 2, array.shape[2]), np.float32)
    np.add(down[:, 1:-1], quarter[:, :-2], out=across[:, :, 0])
    np.add(down[:, 1:-1], quarter[:, 2:], out=across[:, :, 1])
    return across.reshape(len(down), -1, array.shape[2])[: last - first, :width]


def gradient_size(array: FloatArray, wraps: Wraps = (False, False)) -> FloatArray:
    """Compute the length of the gradient (H, W) of a plane (H, W), in change per pixel."""
    length = np.empty(array.shape, np.float32)

    def work(start: int, stop: int) -> None:
        padded = _pad_columns(_rows(array, start - 1, stop + 1, wraps[1]), 1, wraps[0])
        across = padded[1:-1, 2:] - padded[1:-1, :-2]
        down = padded[2:, 1:-1] - padded[:-2, 1:-1]
        across *= across
        down *= down
        across += down
        np.sqrt(across, out=across)
        np.multiply(across, np.float32(0.5), out=length[start:stop])

    in_strips(work, len(array), array.shape[1])
    return length


def _lanczos(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0)


def _spline(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the cubic B-spline; it is never negative, so it cannot ring."""
    away = np.abs(distance)
    near = 2 / 3 - away**2 + away**3 / 2
    far = np.clip(2 - away, 0, None) ** 3 / 6
    return np.where(away < 1, near, far)


KERNELS = {"lanczos": (_lanczos, 3), "smooth": (_spline, 2)}


def taps(size: int, wanted: int, method: str) -> tuple[NDArray[np.int64], FloatArray]:
    """Compute which pixels of a row or column each resampled pixel is a weighted sum of.

    Args:
        size: Length of the source in pixels.
        wanted: Length of the result in pixels.
        method: "lanczos" or "smooth", as in ``resize``.

    Returns:
        Source places (wanted, K), which may lie outside the source, and their weights (wanted, K),
        which add up to 1.
    """
    kernel, half = KERNELS[method]
    scale = size / wanted
    reach = half * max(scale, 1.0)
    centers = (np.arange(wanted) + 0.5) * scale - 0.5
    first = np.floor(centers - reach).astype(np.int64) + 1
    places = first[:, None] + np.arange(math.ceil(2 * reach))
    weights = kernel((places - centers[:, None]) / max(scale, 1.0))
    weights /= weights.sum(1, keepdims=True)
    return places, weights.astype(np.float32)


TOGETHER = 8, 16
"""Rows and columns of a result that one matrix product computes: few, so that most of its weights
are not 0, but enough to be worth a call."""
ROWS_TOGETHER = 64
"""Rows whose columns are resampled at a time."""


def _mixes(
    size: int, wanted: int, method: str, together: int
) -> Iterator[tuple[int, int, int, FloatArray]]:
    """Yield matrices, each of which resamples ``together`` lines.

    Yields:
        First line of the result; first line of the source and the one after the last, both of which
        may lie outside it; weights (lines of the result, lines of the source).
    """
    places, weights = taps(size, wanted, method)
    for start in range(0, wanted, together):
        here, shares = places[start : start + together], weights[start : start + together]
        first, last = int(here.min()), int(here.max()) + 1
        matrix = np.zeros((len(here), last - first), np.float32)
        np.put_along_axis(matrix, here - first, shares, axis=1)
        yield start, first, last, matrix


def _resample_rows(array: FloatArray, wanted: int, wrap: bool, method: str) -> FloatArray:
    result = np.empty((wanted, *array.shape[1:]), np.float32)
    mixes = list(_mixes(len(array), wanted, method, TOGETHER[0]))

    def work(begin: int, end: int) -> None:
        for start, first, last, matrix in mixes[begin:end]:
            rows = _rows(array, first, last, wrap)
            part = result[start : start + len(matrix)].reshape(len(matrix), -1)
            np.matmul(matrix, rows.reshape(len(rows), -1), out=part)

    in_strips(work, len(mixes), TOGETHER[0] * result[:1].size)
    return result


SHARPENED = 0.15
"""How much "crisp" takes off a pixel for each of four neighbours, so that small dots are kept."""
FULL_AT = 8.0
"""Enlargement from which edges are as steep as they get."""


def _crisp(pixels: FloatArray, height: int, width: int, wraps: Wraps) -> FloatArray:
    """Enlarge (H, W, C) so that edges are steep between the values on either side of them.

    Between the least and the greatest value of the pixels around, t in [0, 1] becomes
    t^3 / (t^3 + (1 - t)^3). In an even slope t is a half everywhere, and nothing changes.
    """
    around = _around(pixels, wraps)
    sharp = (1 + 4 * SHARPENED) * pixels - SHARPENED * np.add.reduce(around[1::2])
    value, least, most = (
        _resample(part, height, width, wraps, "smooth")
        for part in (sharp, np.minimum.reduce(around), np.maximum.reduce(around))
    )
    steep = np.float32(min(1.0, math.log(max(1.0, height / len(pixels)), FULL_AT)))

    def work(start: int, stop: int) -> None:
        low, reach = least[start:stop], most[start:stop] - least[start:stop]
        place = np.clip((value[start:stop] - low) / np.maximum(reach, np.float32(1e-6)), 0, 1)
        place += steep * (place**3 / (1 - 3 * place * (1 - place)) - place)
        value[start:stop] = low + reach * place

    in_strips(work, height, 4 * value[0].size)
    return np.clip(value, 0, 1, out=value)


def _around(array: FloatArray, wraps: Wraps) -> list[FloatArray]:
    """Shift (H, W, C) by a pixel to nine sides, row by row; the middle one is not shifted."""
    near, sides = pad(array, 1, wraps), (slice(0, -2), slice(1, -1), slice(2, None))
    return [near[down, across] for down in sides for across in sides]


def _spread_color(picture: Picture, alpha: FloatArray) -> FloatArray:
    """Return the colour (H, W, C) with that of opaque pixels spread into clear ones beside them."""
    color, weight = picture.color, alpha
    for _ in range(2):
        both = np.concatenate([color * weight, weight], axis=2)
        total = np.add.reduce(_around(both, picture.wraps))
        mean = total[:, :, :-1] / np.maximum(total[:, :, -1:], np.float32(1e-6))
        share = np.float32(0.1) * (1 - weight)
        color = (color * weight + mean * share) / np.maximum(weight + share, np.float32(1e-6))
        weight = np.maximum(weight, np.minimum(total[:, :, -1:], np.float32(0.01)))
    return np.clip(color, 0, 1)


def _resample_columns(array: FloatArray, wanted: int, wrap: bool, method: str) -> FloatArray:
    height, width, channels = array.shape
    result = np.empty((height, wanted * channels), np.float32)
    # A line is one row of numbers, so that the channels of a pixel need not be separated.
    each = np.eye(channels, dtype=np.float32)
    mixes = [
        (start, first, last, np.kron(matrix, each).T)
        for start, first, last, matrix in _mixes(width, wanted, method, TOGETHER[1])
    ]
    rim = max(0, -mixes[0][1], mixes[-1][2] - width)

    def work(begin: int, end: int) -> None:
        lines = _pad_columns(array[begin:end], rim, wrap).reshape(end - begin, -1)
        for start, first, last, matrix in mixes:
            part = lines[:, (first + rim) * channels : (last + rim) * channels]
            there = start * channels
            result[begin:end, there : there + matrix.shape[1]] = part @ matrix

    in_strips(work, height, STRIP_VALUES // ROWS_TOGETHER)
    return result.reshape(height, wanted, channels)


def resize(
    picture: Picture,
    height: int,
    width: int,
    method: Literal["lanczos", "smooth", "crisp", "nearest"] = "lanczos",
) -> Picture:
    """Resize a picture in linear light, with alpha multiplied in; it wraps where the picture does.

    With "crisp" alpha is not multiplied in, but colours are spread into what is clear. Planes are
    resized like the picture, alpha or not.

    Args:
        picture: Any picture.
        height: New height in pixels.
        width: New width in pixels.
        method: "lanczos" is sharp; "smooth" (cubic B-spline) never rings and hides the pixels of
            small pictures; "crisp" does so too and draws their edges anew, which shows from
            twice the size on; "nearest" repeats or drops whole pixels.

    Returns:
        A picture in linear space; with "nearest" its space and colours are kept.
    """
    if method == "nearest":
        rows = np.arange(height) * picture.height // height
        columns = np.arange(width) * picture.width // width
        pixels = picture.pixels.take(columns, axis=1).take(rows, axis=0)
        planes = {name: plane[rows][:, columns] for name, plane in picture.planes.items()}
        return picture.replace(pixels=pixels, planes=planes)
    planes = resized_planes(picture, height, width, method)
    light = picture.to("linear")
    pixels = light.pixels
    # Crisp edges of alpha lie elsewhere than those of colours, which are kept apart from it.
    multiplied = light.alpha is not None and method != "crisp"
    if light.alpha is not None:
        color = light.color * light.alpha if multiplied else _spread_color(light, light.alpha)
        pixels = np.concatenate([color, light.alpha], axis=2)
    pixels = _resample(pixels, height, width, picture.wraps, method)
    if multiplied:
        alpha = pixels[:, :, -1:]
        color = np.clip(pixels[:, :, :-1] / np.maximum(alpha, 1e-6), 0, 1)
        pixels = np.concatenate([color, alpha], axis=2)
    return light.replace(pixels=np.ascontiguousarray(pixels), indexed=None, planes=planes)


def resized_planes(
    picture: Picture,
    height: int,
    width: int,
    method: Literal["lanczos", "smooth", "crisp"] = "lanczos",
) -> dict[str, FloatArray]:
    """Resize the planes of a picture alone, as ``resize`` does, for a filter that enlarges it."""
    if not picture.planes:
        return {}
    stacked = np.stack([*picture.planes.values()], axis=2)
    resized = _resample(stacked, height, width, picture.wraps, method)
    return {name: resized[:, :, number] for number, name in enumerate(picture.planes)}


def _resample(pixels: FloatArray, height: int, width: int, wraps: Wraps, method: str) -> FloatArray:
    """Resample (H, W, C) to another size, clipped to [0, 1]."""
    if method == "crisp":
        return _crisp(pixels, height, width, wraps)
    # Resampling columns is slower, so it is done while there are fewer rows.
    if height > len(pixels):
        pixels = _resample_columns(pixels, width, wraps[0], method)
        pixels = _resample_rows(pixels, height, wraps[1], method)
    else:
        pixels = _resample_rows(pixels, height, wraps[1], method)
        pixels = _resample_columns(pixels, width, wraps[0], method)
    return np.clip(pixels, 0, 1, out=pixels)
