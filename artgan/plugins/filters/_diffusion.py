"""Error diffusion in linear light, with colours chosen in OKLab.

All pixels with equal x + d y are independent when d is one more than the kernel's reach to the
left, so they are done together. Each pixel gathers its neighbours' errors in the kernel's order,
so the result equals the loop over pixels bit for bit. Serpentine rows and Hilbert curves do need
that loop.
"""

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


class Chooser:
    """Finds the nearest palette colour in OKLab, the same for one pixel or many."""

    def __init__(self, palette: FloatArray) -> None:
        """Take the palette, sRGB (K, 3)."""
        self.light = srgb_to_linear(palette)
        self.labs = _oklab(self.light)

    def __call__(self, light: FloatArray) -> Indices:
        """Give indices (N,) for linear RGB (N, 3)."""
        lab = _oklab(np.clip(light, 0, 1))
        apart = lab[:, None, :] - self.labs[None, :, :]
        apart *= apart
        nearest: Indices = (apart[..., 0] + apart[..., 1] + apart[..., 2]).argmin(axis=1)
        return nearest


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
    serpentine: bool = False,
) -> Indices:
    """Choose a palette colour for each pixel and hand its error to its neighbours.

    Args:
        light: Linear RGB (H, W, 3).
        cover: (H, W); clear pixels (0) hand on no error.
        palette: sRGB (K, 3).
        kernel: A name of ``KERNELS``.
        strength: Share of the error that is handed on.
        serpentine: Do every other row backwards.

    Returns:
        Indices (H, W).
    """
    height, width = light.shape[:2]
    choose = Chooser(palette)
    # Errors of all pixels, with a rim of zeros, so that gathering needs no border cases.
    errors = np.zeros((height + REACH, width + 2 * REACH, 3), np.float32)
    chosen = np.zeros((height, width), np.int64)
    taps = [(dy, dx, np.float32(w * strength)) for dy, dx, w in KERNELS[kernel]]
    for rows, columns, ahead in _waves(height, width, kernel, serpentine):
        value = light[rows, columns].copy()
        for down, right, share in taps:
            from_column = columns - right * ahead + REACH
            value += errors[rows - down + REACH, from_column] * share
        value = np.clip(value, -CARRY, 1 + CARRY)
        index = choose(value)
        chosen[rows, columns] = index
        left = (value - choose.light[index]) * cover[rows, columns][:, None]
        errors[rows + REACH, columns + REACH] = left
    return chosen


def _waves(
    height: int, width: int, kernel: str, serpentine: bool
) -> "list[tuple[Indices, Indices, int]]":
    """List rows, columns and direction of the pixels that can be done together, in order."""
    if serpentine:
        return [
            (np.array([y]), np.array([x if y % 2 == 0 else width - 1 - x]), 1 - 2 * (y % 2))
            for y in range(height)
            for x in range(width)
        ]
    slope = 1 + max(-right for _, right, _ in KERNELS[kernel])
    slope = max(slope, 1)
    waves = []
    for wave in range(width + slope * (height - 1)):
        first = max(0, -(-(wave - width + 1) // slope))
        rows = np.arange(first, min(height - 1, wave // slope) + 1)
        waves.append((rows, wave - slope * rows, 1))
    return waves


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
    choose = Chooser(palette)
    weights = (1 / MEMORY) ** (np.arange(MEMORY)[::-1] / (MEMORY - 1))
    weights = (strength * weights / weights.sum()).astype(np.float32)[:, None]
    memory = np.zeros((MEMORY, 3), np.float32)
    chosen = np.zeros((height, width), np.int64)
    for row, column in zip(rows[inside].tolist(), columns[inside].tolist(), strict=True):
        plain = light[row, column]
        value = np.clip(plain + (memory * weights).sum(axis=0), -CARRY, 1 + CARRY)
        index = int(choose(value[None])[0])
        chosen[row, column] = index
        memory[:-1] = memory[1:]
        # What the carried errors did not mend is remembered, as in a first-order modulator.
        memory[-1] = (value - choose.light[index]) * cover[row, column]
    return chosen
