"""Error diffusion in linear light, with colours chosen in OKLab.

All pixels with equal x + d y are independent when d is one more than the kernel's reach to the
left, so they are done together. Each pixel gathers its neighbours' errors in the kernel's order,
so the result equals the loop over pixels bit for bit. Serpentine rows and Hilbert curves need a
loop over single pixels; there plain Python numbers are some twenty times quicker than arrays of
one. With ``artgan[fast]`` the loops are compiled, to the same results.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.cells import corners, listed, possible
from artgan.plugin.color import srgb_to_linear
from artgan.plugin.fast import compiled
from artgan.plugin.picture import FloatArray

Taps = tuple[tuple[int, int, float], ...]
Indices = NDArray[np.int64]


def _kernel(divisor: int, *rows: tuple[int, ...]) -> Taps:
    """Read rows of weights; the first begins right of the pixel, the others are centred on it."""
    taps = [(0, 1 + x, w / divisor) for x, w in enumerate(rows[0])]
    for down, row in enumerate(rows[1:], start=1):
        middle = len(row) // 2
        taps += [(down, x - middle, w / divisor) for x, w in enumerate(row) if w]
    # The pixel done last comes last: until then the sums of the others need not wait for it.
    return tuple(reversed(taps))


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
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_ROOT_STEPS = 4096
"""Pieces for each unit of the square root of light, along which the cube root is straight."""


def _root_table() -> NDArray[np.float64]:
    """Give the lines (2, N) that stand for cube roots: where each begins at 0, and its slope.

    Looked up by the square root, which is exact everywhere, as cube roots are not: so the same
    colours are chosen by arrays, by single numbers, by machine code and on another machine.
    """
    places = np.arange(int(1.25 * _ROOT_STEPS) + 1)
    roots = np.cbrt((places / _ROOT_STEPS) ** 2)
    rises = np.append(np.diff(roots), 0)
    return np.stack([roots - places * rises, rises])


_ROOTS = _root_table()


def _roots(lms: NDArray[Any]) -> NDArray[Any]:
    """Give cube roots of any shape, in the precision that they come in."""
    table = _ROOTS.astype(lms.dtype)
    size = np.sqrt(np.abs(lms))
    size *= size.dtype.type(_ROOT_STEPS)
    low = size.astype(np.intp)
    size *= table[1].take(low)
    size += table[0].take(low)
    signed: NDArray[Any] = np.copysign(size, lms, out=size)
    return signed


def _oklab(light: NDArray[Any]) -> NDArray[Any]:
    """Turn linear RGB (N, 3) in [-CARRY, 1 + CARRY] into OKLab (3, N)."""
    lms = _product(_TO_LMS, light.T)
    return _product(_TO_LAB, _roots(lms))


def _product(matrix: Sequence[Sequence[float]], planes: NDArray[Any]) -> NDArray[Any]:
    # Sums are spelled out: a matrix product may round differently for one pixel and for many.
    weights = np.array(matrix, planes.dtype)
    mixed: NDArray[Any] = weights[:, :1] * planes[0]
    mixed += weights[:, 1:2] * planes[1]
    mixed += weights[:, 2:] * planes[2]
    return mixed


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
        apart = _oklab(light)[:, None] - self.labs[:, :, None]
        apart *= apart
        away = apart[0]
        away += apart[1]
        away += apart[2]
        nearest: Indices = away.argmin(axis=0)
        return nearest


Search = tuple[Any, Any]
"""What ``choose`` needs: numbers and whole numbers, as arrays for machine code or as lists."""
LOW, HIGH, STEPS, SCALE, FAR, CELLS = range(18, 24)
"""Where numbers stand after two matrices: bounds of carried light, cells for each unit of it, steps
for each unit of a square root, more than any distance, cells along each edge. Then follow begin and
slope of each line that stands for a cube root, and light and OKLab of each palette colour."""
ROOTS = 24
COLORS = ROOTS + 2 * _ROOTS.shape[1]


@lru_cache(maxsize=8)
def _cells(palette: bytes, side: int) -> NDArray[np.int32]:
    """List for every cell of carried light the colours that may be nearest in it.

    Returns:
        For each cell the only one, or less 0 the place of a list that begins with its length;
        then those lists.
    """
    colors = np.frombuffer(palette, np.float32).reshape(-1, 3)
    # Each cone response, and so its root, grows with every channel: corners give a cell's bounds.
    low, high = (
        _roots(np.clip(end, -CARRY, 1 + CARRY) @ np.array(_TO_LMS).T)
        for end in corners(side, -CARRY, 1 + CARRY)
    )
    labs = _oklab(srgb_to_linear(colors).astype(np.float64)).T
    return listed(possible(low, high, np.array(_TO_LAB).T, labs))


def _search(palette: FloatArray, kind: type[np.floating[Any]] | None, pixels: int = 0) -> Search:
    """Give what ``choose`` needs for a palette, sRGB (K, 3).

    Args:
        palette: The colours.
        kind: Precision of arrays for machine code; None for lists.
        pixels: How many will be looked up; more are worth smaller cells.
    """
    lights = srgb_to_linear(palette).astype(kind or np.float64)
    side = 16 if pixels < 30_000 else 32 if pixels < 500_000 or len(palette) > 32 else 64
    table = _cells(np.ascontiguousarray(palette, np.float32).tobytes(), side)
    # A little less than whole cells, so that the highest light still falls into the last one.
    steps = (side - 1e-3) / (1 + 2 * CARRY)
    numbers = np.concatenate(
        [
            np.ravel(_TO_LMS),
            np.ravel(_TO_LAB),
            [-CARRY, 1 + CARRY, steps, _ROOT_STEPS, math.inf, side],
            _ROOTS.T.ravel(),
            np.concatenate([lights, _oklab(lights).T], axis=1).ravel(),
        ]
    ).astype(lights.dtype)
    return (numbers, table) if kind else (numbers.tolist(), table.tolist())


def root(value: Any, n: Any) -> Any:
    """Give the cube root as ``_roots`` does."""
    size = math.sqrt(abs(value)) * n[SCALE]
    place = ROOTS + 2 * int(size)
    found = size * n[place + 1] + n[place]
    return -found if value < 0 else found


def choose(red: Any, green: Any, blue: Any, n: Any, table: Any) -> Any:
    """Give the index of the colour nearest to linear RGB in [-CARRY, 1 + CARRY]."""
    low, steps, side = n[LOW], n[STEPS], int(n[CELLS])
    cell = int((red - low) * steps) * side + int((green - low) * steps)
    known = int(table[cell * side + int((blue - low) * steps)])
    if known >= 0:
        return known
    long = root(red * n[0] + green * n[1] + blue * n[2], n)
    middle = root(red * n[3] + green * n[4] + blue * n[5], n)
    short = root(red * n[6] + green * n[7] + blue * n[8], n)
    light = long * n[9] + middle * n[10] + short * n[11]
    first = long * n[12] + middle * n[13] + short * n[14]
    second = long * n[15] + middle * n[16] + short * n[17]
    best, least = 0, n[FAR]
    for place in range(1 - known, 1 - known + table[-known]):
        index = int(table[place])
        color = COLORS + 6 * index
        a, b, c = light - n[color + 3], first - n[color + 4], second - n[color + 5]
        away = a * a + b * b + c * c
        if away < least:
            best, least = index, away
    return best


class SingleChooser:
    """Finds the nearest palette colour in OKLab of one pixel after another.

    Only those colours are compared that can be nearest somewhere in the pixel's cell of the cube.
    """

    def __init__(self, palette: FloatArray) -> None:
        """Take the palette, sRGB (K, 3)."""
        self.search = _search(palette, None, 100_000)

    def __call__(self, red: float, green: float, blue: float) -> int:
        """Give the index of the colour nearest to linear RGB in [-CARRY, 1 + CARRY]."""
        index: int = choose(red, green, blue, *self.search)
        return index


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
    walk = compiled(walk_rows, choose, root, seconds=2.5e-7 * cover.size)
    if walk is not None:
        search = _search(palette, np.float32, cover.size)
        return _side_by_side(light, cover, (kernel, strength, False), search, walk)
    return _by_waves(light, cover, palette, kernel, strength)


def _by_waves(
    light: FloatArray, cover: FloatArray, palette: FloatArray, kernel: str, strength: float
) -> Indices:
    """Do as ``diffuse`` without machine code: pixels that do not need each other together."""
    height, width = light.shape[:2]
    nearest = Chooser(palette)
    slope = _slope(kernel)
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
        index = nearest(value)
        flat[2][places] = index
        left = (value - nearest.light.take(index, axis=0)) * flat[1][places][:, None]
        here[first + REACH : last + REACH] = left
    return chosen


def _slope(kernel: str) -> int:
    """Give by how many pixels a row has to lag behind the one above it."""
    return max(1, 1 + max(-right for _, right, _ in KERNELS[kernel]))


def _waves(height: int, width: int, slope: int) -> Iterator[tuple[int, int, int]]:
    """Yield x + slope y of pixels that can be done together, and their rows from first to last - 1.

    In a narrow picture some waves meet no pixel.
    """
    for wave in range(width + slope * (height - 1)):
        first = max(0, -(-(wave - width + 1) // slope))
        last = min(height - 1, wave // slope) + 1
        yield wave, first, last


def walk_row(
    pixels: tuple[list[float], list[float], list[int]],
    errors: list[float],
    taps: tuple[list[int], list[float]],
    search: Search,
    way: tuple[int, int, int, int],
) -> None:
    """Choose colours for one row, pixel by pixel, without machine code.

    Args:
        pixels: Linear RGB, 3 numbers a pixel; cover, one number a pixel; room for the indices.
        errors: What was left over, 3 numbers a pixel, in rows that lie one after the other, each
            with a rim.
        taps: Where in ``errors`` each neighbour of the first pixel lies, and its share.
        search: As ``choose`` needs it.
        way: First pixel, the one after the last, step; where the row begins in ``errors``.
    """
    n, table = search
    low, high = n[LOW], n[HIGH]
    row, cover, indices = pixels
    offsets, shares = taps
    first, last, step, here = way
    for x in range(first, last, step):
        place = 3 * x
        red, green, blue = row[place], row[place + 1], row[place + 2]
        for tap in range(len(shares)):
            source, share = offsets[tap] + place, shares[tap]
            red += errors[source] * share
            green += errors[source + 1] * share
            blue += errors[source + 2] * share
        red = low if red < low else high if red > high else red
        green = low if green < low else high if green > high else green
        blue = low if blue < low else high if blue > high else blue
        index = choose(red, green, blue, n, table)
        weight, own = cover[x], COLORS + 6 * index
        indices[x] = index
        errors[here + place] = (red - n[own]) * weight
        errors[here + place + 1] = (green - n[own + 1]) * weight
        errors[here + place + 2] = (blue - n[own + 2]) * weight


def _by_rows(
    light: FloatArray, cover: FloatArray, kernel: str, strength: float, search: Search
) -> Indices:
    """Do as ``diffuse_serpentine`` without machine code, on lists."""
    height, width = light.shape[:2]
    line = 3 * (width + 2 * REACH)
    errors = [0.0] * ((REACH + 1) * line)
    shares = [share * strength for _, _, share in KERNELS[kernel]]
    chosen = np.zeros((height, width), np.int64)
    for y in range(height):
        ways = [1 - 2 * (row % 2) for row in range(y - REACH, y + 1)]
        offsets = [
            (y - down) % (REACH + 1) * line + 3 * (REACH - right * ways[REACH - down])
            for down, right, _ in KERNELS[kernel]
        ]
        here = y % (REACH + 1) * line
        errors[here : here + line] = [0.0] * line
        order = (0, width, 1) if ways[-1] > 0 else (width - 1, -1, -1)
        found = [0] * width
        row = (light[y].reshape(-1).tolist(), cover[y].tolist(), found)
        walk_row(row, errors, (offsets, shares), search, (*order, here + 3 * REACH))
        chosen[y] = found
    return chosen


def walk_rows(
    pixels: tuple[Any, Any, Any],
    errors: Any,
    taps: tuple[Any, Any],
    search: Search,
    way: tuple[int, int, int, int],
) -> None:
    """Choose colours row by row, for machine code.

    Rows are walked side by side, as far behind each other as they need: a processor works on
    several pixels at once where none has to wait for the one before.

    Args:
        pixels: Linear RGB, 3 numbers a pixel; cover, one number a pixel; room for the indices.
        errors: Room for what is left over in ``REACH`` rows and those that are walked side by side,
            3 numbers a pixel, all zero at first; each row has a rim.
        taps: How far before a pixel's error each neighbour's lies, in even rows, then in odd ones;
            shares.
        search: As ``choose`` needs it.
        way: Height, width, rows side by side, pixels that each lags behind the one above it; with
            one row at a time, every other goes backwards.
    """
    height, width, together, lag = way
    n, table = search
    low, high = n[LOW], n[HIGH]
    lights, cover, indices = pixels
    offsets, shares = taps
    count, line = len(shares), 3 * (width + 2 * REACH)
    # Places without a sign need no look whether they count from the end.
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    for top in range(0, height, together):
        lanes = min(together, height - top)
        back = together == 1 and top % 2 == 1
        for step in range(width + lag * (lanes - 1)):
            for lane in range(lanes):
                x = step - lag * lane
                if x < 0 or x >= width:
                    continue
                x = width - 1 - x if back else x
                at = np.uint64((top + lane) * width + x)
                here = (REACH + lane) * line + 3 * (REACH + x)
                red, green, blue = (
                    lights[three * at],
                    lights[three * at + one],
                    lights[three * at + two],
                )
                for tap in range(count):
                    source, share = np.uint64(here - offsets[tap + count * back]), shares[tap]
                    red += errors[source] * share
                    green += errors[source + one] * share
                    blue += errors[source + two] * share
                red = min(max(red, low), high)
                green = min(max(green, low), high)
                blue = min(max(blue, low), high)
                index = choose(red, green, blue, n, table)
                own, color = np.uint64(here), np.uint64(COLORS + 6 * index)
                weight, indices[at] = cover[at], index
                errors[own] = (red - n[color]) * weight
                errors[own + one] = (green - n[color + one]) * weight
                errors[own + two] = (blue - n[color + two]) * weight
        for number in range(REACH * line):
            errors[number] = errors[together * line + number]


TOGETHER = 2
"""Rows that machine code walks side by side; more are no quicker."""


def _side_by_side(
    light: FloatArray, cover: FloatArray, kernel: tuple[str, float, bool], search: Search, walk: Any
) -> Indices:
    """Walk through a picture by machine code.

    Args:
        light: Linear RGB (H, W, 3).
        cover: (H, W).
        kernel: Name, strength, and whether every other row goes backwards.
        search: For ``choose``, as arrays.
        walk: ``walk_rows`` as machine code.
    """
    name, strength, serpentine = kernel
    height, width = light.shape[:2]
    line, together = 3 * (width + 2 * REACH), 1 if serpentine else TOGETHER
    # A neighbour handed its error on in the direction of its own row.
    offsets = [
        down * line + 3 * (-right if serpentine and (row - down) % 2 else right)
        for row in (0, 1)
        for down, right, _ in KERNELS[name]
    ]
    shares = np.array([share * strength for _, _, share in KERNELS[name]], search[0].dtype)
    errors = np.zeros((REACH + together) * line, search[0].dtype)
    chosen = np.empty((height, width), np.int64)
    flat = [np.ascontiguousarray(part).reshape(-1) for part in (light, cover, chosen)]
    way = (height, width, together, _slope(name))
    walk((*flat,), errors, (np.array(offsets), shares), search, way)
    return chosen


def diffuse_serpentine(
    light: FloatArray, cover: FloatArray, palette: FloatArray, kernel: str, strength: float
) -> Indices:
    """Do as ``diffuse`` does, but every other row backwards: no pixels can be done together."""
    walk = compiled(walk_rows, choose, root, seconds=5e-6 * cover.size)
    if walk is None:
        return _by_rows(light, cover, kernel, strength, _search(palette, None, cover.size))
    search = _search(palette, np.float64, cover.size)
    return _side_by_side(light, cover, (kernel, strength, True), search, walk)


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


def walk_curve(
    pixels: tuple[Any, Any, Any], memory: Any, fades: tuple[float, float, float], search: Search
) -> None:
    """Choose colours along a curve.

    Args:
        pixels: As in ``walk_row``.
        memory: The last errors, 3 numbers each, all zero at first.
        fades: What is left of the carried error after each pixel; shares of the newest error that
            joins it and of the oldest that leaves it.
        search: As ``choose`` needs it.
    """
    n, table = search
    low, high = n[LOW], n[HIGH]
    colors, cover, indices = pixels
    fade, newest, oldest = fades
    more_red, more_green, more_blue = 0.0, 0.0, 0.0
    for x in range(len(cover)):
        place, old = 3 * x, 3 * (x % MEMORY)
        red, green, blue = (
            colors[place] + more_red,
            colors[place + 1] + more_green,
            colors[place + 2] + more_blue,
        )
        red = low if red < low else high if red > high else red
        green = low if green < low else high if green > high else green
        blue = low if blue < low else high if blue > high else blue
        index = choose(red, green, blue, n, table)
        indices[x] = index
        weight, own = cover[x], COLORS + 6 * index
        # What the carried errors did not mend is remembered, as in a first-order modulator.
        red = (red - n[own]) * weight
        green = (green - n[own + 1]) * weight
        blue = (blue - n[own + 2]) * weight
        more_red = more_red * fade + red * newest - memory[old] * oldest
        more_green = more_green * fade + green * newest - memory[old + 1] * oldest
        more_blue = more_blue * fade + blue * newest - memory[old + 2] * oldest
        memory[old], memory[old + 1], memory[old + 2] = red, green, blue


def riemersma(
    light: FloatArray, cover: FloatArray, palette: FloatArray, strength: float
) -> Indices:
    """Spread errors along a Hilbert curve (Riemersma 1998); the arguments are as in ``diffuse``."""
    height, width = light.shape[:2]
    rows, columns = hilbert(1 << (max(height, width) - 1).bit_length())
    inside = (rows < height) & (columns < width)
    rows, columns = rows[inside], columns[inside]
    # The weighted sum of a geometric memory is carried on from pixel to pixel: all of it fades by
    # the same factor, and the error that falls out of it is taken off.
    fade = (1 / MEMORY) ** (1 / (MEMORY - 1))
    newest = strength * (1 - fade) / (1 - fade**MEMORY)
    fades = (fade, newest, newest * fade**MEMORY)
    walk = compiled(walk_curve, choose, root, seconds=5e-6 * cover.size)
    colors = light[rows, columns].astype(np.float64).reshape(-1)
    pixels: list[Any] = [colors, cover[rows, columns].astype(np.float64), np.zeros_like(rows)]
    memory = np.zeros(3 * MEMORY)
    if walk is None:
        pixels = [part.tolist() for part in pixels]
        walk_curve((*pixels,), memory.tolist(), fades, _search(palette, None, cover.size))
    else:
        walk((*pixels,), memory, fades, _search(palette, np.float64, cover.size))
    chosen = np.zeros((height, width), np.int64)
    chosen[rows, columns] = pixels[2]
    return chosen
