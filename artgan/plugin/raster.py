"""Raster tools for filters: blur, resize, gradients. Arrays are float32 (H, W, C)."""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.picture import Picture

FloatArray = NDArray[np.float32]
Wraps = tuple[bool, bool]


def gaussian_blur(array: FloatArray, sigma: float, wraps: Wraps = (False, False)) -> FloatArray:
    """Blur with a Gaussian.

    Large ones are worked out on a smaller copy: beyond 6 pixels the array is halved until sigma
    lies between 3 and 6, blurred, and enlarged again, which stays within 1/500 of the plain blur.

    Args:
        array: (H, W, C).
        sigma: Standard deviation in pixels; 0 or less gives the array back.
        wraps: Whether (x, y) wrap around; else borders are mirrored.
    """
    if sigma <= 0.05:
        return array
    height, width = array.shape[:2]
    if sigma > 6 and min(height, width) >= 16:
        half = _halve(array, wraps)
        # Halving and enlarging blur by themselves, with a variance of 3/4 each.
        inner = math.sqrt(sigma * sigma - 1.5) / 2
        small = gaussian_blur(half, inner, wraps)
        return _double(small, height, width, wraps)
    weights = _weights(sigma)
    return _convolve(_convolve(array, weights, 0, wraps[1]), weights, 1, wraps[0])


def _weights(sigma: float) -> FloatArray:
    radius = max(1, math.ceil(3.2 * sigma))
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    result: FloatArray = (weights / weights.sum()).astype(np.float32)
    return result


def _pad(array: FloatArray, amount: int, axis: int, wrap: bool) -> FloatArray:
    widths = [(0, 0)] * array.ndim
    widths[axis] = (amount, amount)
    return np.pad(array, widths, mode="wrap" if wrap else "symmetric")


def _convolve(array: FloatArray, weights: FloatArray, axis: int, wrap: bool) -> FloatArray:
    radius = len(weights) // 2
    length = array.shape[axis]
    padded = _pad(array, radius, axis, wrap)

    def part(start: int) -> FloatArray:
        return padded[start : start + length] if axis == 0 else padded[:, start : start + length]

    total: FloatArray = part(radius) * weights[radius]
    for step in range(1, radius + 1):
        # The weights are symmetric: one multiplication serves both sides.
        pair = part(radius - step) + part(radius + step)
        pair *= weights[radius + step]
        total += pair
    return total


def _halve(array: FloatArray, wraps: Wraps) -> FloatArray:
    """Shrink to half with weights 1, 3, 3, 1, which move nothing sideways."""
    for axis, wrap in ((0, wraps[1]), (1, wraps[0])):
        if array.shape[axis] % 2:
            edge = array[:1] if axis == 0 else array[:, :1]
            last = array[-1:] if axis == 0 else array[:, -1:]
            array = np.concatenate([array, edge if wrap else last], axis=axis)
        padded = _pad(array, 1, axis, wrap)
        taps = [
            padded[start : start + array.shape[axis] : 2]
            if axis == 0
            else padded[:, start : start + array.shape[axis] : 2]
            for start in range(4)
        ]
        inner = taps[1] + taps[2]
        inner *= np.float32(3)
        inner += taps[0]
        inner += taps[3]
        inner *= np.float32(0.125)
        array = inner
    return array


def _double(array: FloatArray, height: int, width: int, wraps: Wraps) -> FloatArray:
    """Enlarge twice with weights 3/4 and 1/4, then crop to (height, width)."""
    for axis, wrap in ((0, wraps[1]), (1, wraps[0])):
        padded = _pad(array, 1, axis, wrap)
        before, after = (padded[:-2], padded[2:]) if axis == 0 else (padded[:, :-2], padded[:, 2:])
        shape = list(array.shape)
        shape[axis] *= 2
        large = np.empty(shape, np.float32)
        main = array * np.float32(0.75)
        if axis == 0:
            large[0::2], large[1::2] = main + before * 0.25, main + after * 0.25
        else:
            large[:, 0::2], large[:, 1::2] = main + before * 0.25, main + after * 0.25
        array = large
    return array[:height, :width]


def gradient_size(array: FloatArray, wraps: Wraps = (False, False)) -> FloatArray:
    """Give the length of the gradient (H, W) of a plane (H, W), per pixel."""
    padded = _pad(_pad(array, 1, 0, wraps[1]), 1, 1, wraps[0])
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) * np.float32(0.5)
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) * np.float32(0.5)
    length: FloatArray = np.hypot(across, down)
    return length


def _lanczos(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0)


def _spline(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the cubic B-spline: never negative, so that it cannot ring."""
    away = np.abs(distance)
    near = 2 / 3 - away**2 + away**3 / 2
    far = np.clip(2 - away, 0, None) ** 3 / 6
    return np.where(away < 1, near, far)


KERNELS = {"lanczos": (_lanczos, 3), "smooth": (_spline, 2)}


def _taps(size: int, wanted: int, method: str) -> tuple[NDArray[np.int64], FloatArray]:
    """Give source places (wanted, K) and weights (wanted, K) of a resampling."""
    kernel, taps = KERNELS[method]
    scale = size / wanted
    reach = taps * max(scale, 1.0)
    centers = (np.arange(wanted) + 0.5) * scale - 0.5
    first = np.floor(centers - reach).astype(np.int64) + 1
    places = first[:, None] + np.arange(math.ceil(2 * reach))
    weights = kernel((places - centers[:, None]) / max(scale, 1.0))
    weights /= weights.sum(1, keepdims=True)
    return places, weights.astype(np.float32)


def _resample_rows(array: FloatArray, wanted: int, wrap: bool, method: str) -> FloatArray:
    size = array.shape[0]
    places, weights = _taps(size, wanted, method)
    if wrap:
        places = places % size
    else:
        # Mirror at the border, as often as it takes.
        places = np.abs((places + size) % (2 * size) - size + 0.5).astype(np.int64)
        places = np.minimum(places, size - 1)
    result = np.zeros((wanted, *array.shape[1:]), np.float32)
    for tap in range(places.shape[1]):
        result += array[places[:, tap]] * weights[:, tap].reshape(-1, 1, 1)
    return result


def resize(
    picture: Picture,
    height: int,
    width: int,
    method: Literal["lanczos", "smooth", "nearest"] = "lanczos",
) -> Picture:
    """Resize a picture in linear light, with alpha multiplied in and wrapping where it wraps.

    Args:
        picture: Any picture.
        height: New height in pixels.
        width: New width in pixels.
        method: "lanczos" is sharp; "smooth" (cubic B-spline) never rings and hides the pixels of
            small pictures; "nearest" repeats or drops whole pixels.

    Returns:
        A picture in linear space; with "nearest" its space and colours are kept.
    """
    if method == "nearest":
        rows = np.arange(height) * picture.height // height
        columns = np.arange(width) * picture.width // width
        return picture.replace(pixels=picture.pixels[rows][:, columns])
    light = picture.to("linear")
    pixels = light.pixels
    if light.alpha is not None:
        pixels = np.concatenate([light.color * light.alpha, light.alpha], axis=2)
    pixels = _resample_rows(pixels, height, picture.wraps[1], method)
    turned = _resample_rows(pixels.transpose(1, 0, 2), width, picture.wraps[0], method)
    pixels = np.clip(turned.transpose(1, 0, 2), 0, 1)
    if light.alpha is not None:
        alpha = pixels[:, :, -1:]
        color = np.clip(pixels[:, :, :-1] / np.maximum(alpha, 1e-6), 0, 1)
        pixels = np.concatenate([color, alpha], axis=2)
    return light.replace(pixels=np.ascontiguousarray(pixels), indexed=None)
