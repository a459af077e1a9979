"""Error diffusion in linear light, with colours chosen in OKLab.

All pixels with equal x + d y are independent when d is one more than the kernel's reach to the
left, so they are done together. Each pixel gathers its neighbours' errors in the kernel's order,
so the result equals the loop over pixels bit for bit. Serpentine rows and Hilbert curves need a
loop over single pixels; there plain Python numbers are some twenty times quicker than arrays of
one.
"""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import srgb_to_linear
from artgan.plugin.picture import FloatArray

Taps = tuple[tuple[int, int, float], ...]
Indices = NDArray[np.int64]


def _kernel(divisor: int, *rows: tuple[int, ...]) -> Taps:
    """Read rows of weights; the first begins right of the pixel, the others are centred on it."""
    taps = [(0, 1 + x, w / divisor) for x, w in enumerate(rows[0])]
    for down, row in enumerate(rows[1:], start=1):
        middle = len(row) // 2
        taps += [(down, x - middle, w / divisor) for x, w in enumerate(row) if w]
    return tuple(taps)


KERNELS: dict[str, Taps] = {
    "floyd-steinberg": _kernel(16, (7,), (3, 5, 1)),
    "atkinson": _kernel(8, (1, 1), (1, 1, 1), (0, 1, 0)),
    "jarvis": _kernel(48, (7, 5), (3, 5, 7, 5, 3), (1, 3, 5, 3, 1)),
    "stucki": _kernel(42, (8, 4), (2, 4, 8, 4, 2), (1, 2, 4, 2, 1)),
    "burkes": _kernel(32, (8, 4), (2, 4, 8, 4, 2)),
    "sierra": _kernel(32, (5, 3), (2, 4, 5, 4, 2), (0, 2, 3, 2, 0)),
    "sierra-two-row": _kernel(16, (4, 3), (1, 2, 3, 2, 1)),
    "sierra-lite": _kernel(4, (2,), (1, 1, 0)),
}
"""(down, right, share) of each neighbour. All spread the whole error but Atkinson's, 6/8."""

REACH = 2
CARRY = 0.5
"""Most error that is carried, in linear light: colours outside the palette's gamut stay put."""
CELLS = 24
"""Cells along each channel of carried light whose nearest colours are listed once."""
PER_CELL = CELLS / (1 + 2 * CARRY)


class Chooser:
    """Finds the nearest palette colour in OKLab, the same for one pixel or many."""

    def __init__(self, palette: FloatArray) -> None:
        """Take the palette, sRGB (K, 3)."""
        self.light = srgb_to_linear(palette)
        self.labs = _oklab(self.light)

    def __call__(self, light: FloatArray) -> Indices:
        """Give indices (N,) for linear RGB (N, 3)."""
        # Not clipped: what owes red is darker than black until it is paid back. Clipped, it would
        # look like a dark green, which may be nearest to red again.
        lab = _oklab(light)
        apart = lab[:, None, :] - self.labs[None, :, :]
        apart *= apart
        nearest: Indices = (apart[..., 0] + apart[..., 1] + apart[..., 2]).argmin(axis=1)
        return nearest


Color = tuple[float, float, float]


class SingleChooser:
    """Finds the nearest palette colour in OKLab of one pixel after another.

    Only those colours are compared that can be nearest somewhere in the pixel's cell of the cube.
    """

    def __init__(self, palette: FloatArray) -> None:
        """Take the palette, sRGB (K, 3)."""
        self.light: list[Color] = [tuple(c) for c in srgb_to_linear(palette).tolist()]
        self.labs: list[Color] = [_oklab_of(*color) for color in self.light]
        self.near: dict[int, list[tuple[int, Color]]] = {}

    def __call__(self, red: float, green: float, blue: float) -> int:
        """Give the index of the colour nearest to linear RGB in [-CARRY, 1 + CARRY]."""
        cell = (int((red + CARRY) * PER_CELL) * 32 + int((green + CARRY) * PER_CELL)) * 32
        cell += int((blue + CARRY) * PER_CELL)
        near = self.near.get(cell)
        if near is None:
            near = self.near[cell] = self._list(cell)
        if len(near) == 1:
            return near[0][0]
        light, first, second = _oklab_of(red, green, blue)
        best, least = 0, math.inf
        for index, (a, b, c) in near:
            away = (light - a) ** 2 + (first - b) ** 2 + (second - c) ** 2
            if away < least:
                best, least = index, away
        return best

    def _list(self, cell: int) -> list[tuple[int, Color]]:
        start = (cell // 1024, cell // 32 % 32, cell % 32)

        def place(*steps: float) -> Color:
            return _oklab_of(
                *(-CARRY + (s + d) / PER_CELL for s, d in zip(start, steps, strict=True))
            )

        middle = place(0.5, 0.5, 0.5)
        corners = [place(n & 1, n >> 1 & 1, n >> 2) for n in range(8)]
        # A cell of light is bent in OKLab, so its corners get some margin.
        reach = 1.2 * max(math.dist(middle, corner) for corner in corners)
        away = [math.dist(middle, lab) for lab in self.labs]
        limit = min(away) + 2 * reach
        return [(i, lab) for i, lab in enumerate(self.labs) if away[i] <= limit]


def _oklab_of(red: float, green: float, blue: float) -> Color:
    long = math.cbrt(red * 0.4122214708 + green * 0.5363325363 + blue * 0.0514459929)
    middle = math.cbrt(red * 0.2119034982 + green * 0.6806995451 + blue * 0.1073969566)
    short = math.cbrt(red * 0.0883024619 + green * 0.2817188376 + blue * 0.6299787005)
    return (
        long * 0.2104542553 + middle * 0.7936177850 - short * 0.0040720468,
        long * 1.9779984951 - middle * 2.4285922050 + short * 0.4505937099,
        long * 0.0259040371 + middle * 0.7827717662 - short * 0.8086757660,
    )


def _oklab(light: FloatArray) -> FloatArray:
    # Sums are spelled out: a matrix product may round differently for one pixel and for many.
    red, green, blue = (light[..., i].astype(np.float32) for i in range(3))
    f = np.float32
    long = np.cbrt(red * f(0.4122214708) + green * f(0.5363325363) + blue * f(0.0514459929))
    middle = np.cbrt(red * f(0.2119034982) + green * f(0.6806995451) + blue * f(0.1073969566))
    short = np.cbrt(red * f(0.0883024619) + green * f(0.2817188376) + blue * f(0.6299787005))
    return np.stack(
        [
            long * f(0.2104542553) + middle * f(0.7936177850) - short * f(0.0040720468),
            long * f(1.9779984951) - middle * f(2.4285922050) + short * f(0.4505937099),
            long * f(0.0259040371) + middle * f(0.7827717662) - short * f(0.8086757660),
        ],
        axis=-1,
    )


def diffuse(
    light: FloatArray,
    cover: FloatArray,
    palette: FloatArray,
    kernel: str,
    strength: float,
) -> Indices:
    """Choose a palette colour for each pixel and hand its error to its neighbours.

    Args:
        light: Linear RGB (H, W, 3).
        cover: (H, W); clear pixels (0) hand on no error.
        palette: sRGB (K, 3).
        kernel: A name of ``KERNELS``.
        strength: Share of the error that is handed on.

    Returns:
        Indices (H, W).
    """
    height, width = light.shape[:2]
    choose = Chooser(palette)
    slope = max(1, 1 + max(-right for _, right, _ in KERNELS[kernel]))
    chosen = np.zeros((height, width), np.int64)
    # A neighbour's error was left some waves ago, in the row above or in the same one.
    taps = [(slope * dy + dx, dy, np.float32(w * strength)) for dy, dx, w in KERNELS[kernel]]
    depth = 1 + max(ago for ago, _, _ in taps)
    # Errors of the last waves by row, with a rim of zeros above; rows that a wave skips hold none.
    errors = np.zeros((depth, height + REACH, 3), np.float32)
    flat = (light.reshape(-1, 3), cover.reshape(-1), chosen.reshape(-1))
    for wave, first, last in _waves(height, width, slope):
        here = errors[wave % depth]
        here[:] = 0
        if first >= last:
            continue
        # From row to row a wave moves by one line less the slope.
        start, count = first * width + wave - slope * first, last - first
        places = slice(start, start + (width - slope) * (count - 1) + 1, max(1, width - slope))
        if width <= slope:
            places = slice(start, start + 1)
        value = flat[0][places].copy()
        for ago, down, share in taps:
            above = first - down + REACH
            value += errors[(wave - ago) % depth, above : above + count] * share
        np.clip(value, -CARRY, 1 + CARRY, out=value)
        index = choose(value)
        flat[2][places] = index
        left = (value - choose.light.take(index, axis=0)) * flat[1][places][:, None]
        here[first + REACH : last + REACH] = left
    return chosen


def _waves(height: int, width: int, slope: int) -> Iterator[tuple[int, int, int]]:
    """Yield x + slope y of pixels that can be done together, and their rows from first to last - 1.

    In a narrow picture some waves meet no pixel.
    """
    for wave in range(width + slope * (height - 1)):
        first = max(0, -(-(wave - width + 1) // slope))
        last = min(height - 1, wave // slope) + 1
        yield wave, first, last


def diffuse_serpentine(
    light: FloatArray, cover: FloatArray, palette: FloatArray, kernel: str, strength: float
) -> Indices:
    """Do as ``diffuse`` does, but every other row backwards: no pixels can be done together."""
    height, width = light.shape[:2]
    choose = SingleChooser(palette)
    taps = [(down, 3 * right, share * strength) for down, right, share in KERNELS[kernel]]
    # What rows hand on: this one and the two below, three numbers a pixel, with a rim.
    handed = [[0.0] * (3 * (width + 2 * REACH)) for _ in range(REACH + 1)]
    chosen = np.zeros((height, width), np.int64)
    for y in range(height):
        ahead = 1 - 2 * (y % 2)
        row, covers = light[y].tolist(), cover[y].tolist()
        indices = [0] * width
        targets = [(handed[down], right * ahead, share) for down, right, share in taps]
        here = handed[0]
        for x in range(width)[::ahead]:
            place = 3 * (x + REACH)
            color = row[x]
            red, green, blue = (_carried(color[i] + here[place + i]) for i in range(3))
            index = indices[x] = choose(red, green, blue)
            own, weight = choose.light[index], covers[x]
            red, green, blue = (
                (red - own[0]) * weight,
                (green - own[1]) * weight,
                (blue - own[2]) * weight,
            )
            for target, right, share in targets:
                there = place + right
                target[there] += red * share
                target[there + 1] += green * share
                target[there + 2] += blue * share
        chosen[y] = indices
        handed = [*handed[1:], [0.0] * len(here)]
    return chosen


def _carried(value: float) -> float:
    return -CARRY if value < -CARRY else min(value, 1 + CARRY)


def hilbert(side: int) -> tuple[Indices, Indices]:
    """Give rows and columns of a Hilbert curve through a square whose side is a power of two."""
    rows, columns = np.zeros(1, np.int64), np.zeros(1, np.int64)
    size = 1
    while size < side:
        rows, columns = (
            np.concatenate([columns, rows, rows + size, 2 * size - 1 - columns]),
            np.concatenate([rows, columns + size, columns + size, size - 1 - rows]),
        )
        size *= 2
    return rows, columns


MEMORY = 16
"""How many errors the Riemersma dither remembers; the oldest counts 1/16 of the newest."""


def riemersma(
    light: FloatArray, cover: FloatArray, palette: FloatArray, strength: float
) -> Indices:
    """Spread errors along a Hilbert curve (Riemersma 1998); the arguments are as in ``diffuse``."""
    height, width = light.shape[:2]
    rows, columns = hilbert(1 << (max(height, width) - 1).bit_length())
    inside = (rows < height) & (columns < width)
    rows, columns = rows[inside], columns[inside]
    choose = SingleChooser(palette)
    # The weighted sum of a geometric memory is carried on from pixel to pixel: all of it fades by
    # the same factor, and the error that falls out of it is taken off.
    fade = (1 / MEMORY) ** (1 / (MEMORY - 1))
    newest = strength * (1 - fade) / (1 - fade**MEMORY)
    oldest = newest * fade**MEMORY
    memory = deque([(0.0, 0.0, 0.0)] * MEMORY, MEMORY)
    carried = (0.0, 0.0, 0.0)
    indices = []
    for plain, weight in zip(
        light[rows, columns].tolist(), cover[rows, columns].tolist(), strict=True
    ):
        red, green, blue = (_carried(plain[i] + carried[i]) for i in range(3))
        index = choose(red, green, blue)
        indices.append(index)
        own, old = choose.light[index], memory[0]
        # What the carried errors did not mend is remembered, as in a first-order modulator.
        left = ((red - own[0]) * weight, (green - own[1]) * weight, (blue - own[2]) * weight)
        memory.append(left)
        carried = tuple(carried[i] * fade + left[i] * newest - old[i] * oldest for i in range(3))
    chosen = np.zeros((height, width), np.int64)
    chosen[rows, columns] = indices
    return chosen
