"""Error diffusion in linear light, with colours chosen in OKLab.

Pixels with equal x + d y are independent if d is one more than the kernel's reach to the left, so
they are computed together. Each pixel adds its neighbours' errors in the order of the kernel, so
the result equals the loop over pixels bit for bit. Serpentine rows and Hilbert curves need a loop
over single pixels, for which plain Python numbers are some twenty times quicker than arrays of one.
With ``artgan[fast]`` the loops are compiled, with the same results.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from artgan.plugin.fast import compiled
from artgan.plugin.picture import FloatArray
from artgan.plugins.filters._hull import can_mix
from artgan.plugins.filters._nearest_color import (
    COLORS,
    Chooser,
    Indices,
    Search,
    choose,
    choose_in_light,
    pick,
    root,
    search_tables,
)

Taps = tuple[tuple[int, int, float], ...]


def _kernel(divisor: int, *rows: tuple[int, ...]) -> Taps:
    """List the taps of rows of weights: the first starts right of the pixel, others are centred."""
    taps = [(0, 1 + x, w / divisor) for x, w in enumerate(rows[0])]
    for down, row in enumerate(rows[1:], start=1):
        middle = len(row) // 2
        taps += [(down, x - middle, w / divisor) for x, w in enumerate(row) if w]
    # The neighbour that is computed last comes last, so the other sums need not wait for it.
    return tuple(reversed(taps))


KERNELS: dict[str, Taps] = {
    "floyd-steinberg": _kernel(16, (7,), (3, 5, 1)),
    "atkinson": _kernel(6, (1, 1), (1, 1, 1), (0, 1, 0)),
    "jarvis": _kernel(48, (7, 5), (3, 5, 7, 5, 3), (1, 3, 5, 3, 1)),
    "stucki": _kernel(42, (8, 4), (2, 4, 8, 4, 2), (1, 2, 4, 2, 1)),
    "burkes": _kernel(32, (8, 4), (2, 4, 8, 4, 2)),
    "sierra": _kernel(32, (5, 3), (2, 4, 5, 4, 2), (0, 2, 3, 2, 0)),
    "sierra-two-row": _kernel(16, (4, 3), (1, 2, 3, 2, 1)),
    "sierra-lite": _kernel(4, (2,), (1, 1, 0)),
}
"""(down, right, share) of each neighbour. All spread the whole error; Atkinson's own kernel has 6/8
of it, which is strength 0.75."""

HELPERS = (pick, choose, choose_in_light, root)
"""What the walks call, for ``compiled``."""

REACH = 2
"""Farthest row and column that a kernel reaches."""


def diffuse(
    light: FloatArray,
    cover: FloatArray,
    palette: FloatArray,
    kernel: str,
    strength: float,
) -> Indices:
    """Choose a palette colour for each pixel and pass its error on to its neighbours.

    Args:
        light: Linear RGB (H, W, 3).
        cover: Opacity (H, W); clear pixels (0) pass on no error.
        palette: sRGB (K, 3).
        kernel: A name of ``KERNELS``.
        strength: Share of the error that is passed on.

    Returns:
        Palette indices (H, W).
    """
    walk = compiled(walk_rows, *HELPERS, seconds=2.5e-7 * cover.size)
    if walk is not None:
        mixed = can_mix(palette, light, cover)
        search = search_tables(palette, np.float32, cover.size, mixed=mixed)
        return _compiled_walk(light, cover, (kernel, strength, False), search, walk)
    return _by_waves(light, cover, palette, kernel, strength)


def _by_waves(
    light: FloatArray, cover: FloatArray, palette: FloatArray, kernel: str, strength: float
) -> Indices:
    """Compute ``diffuse`` with arrays: pixels that do not depend on each other are one wave."""
    height, width = light.shape[:2]
    nearest = Chooser(palette, mixed=can_mix(palette, light, cover))
    slope = _slope(kernel)
    chosen = np.zeros((height, width), np.int64)
    # A neighbour's error was computed some waves ago, in a row above or in the same one.
    taps = [(slope * dy + dx, dy, np.float32(w * strength)) for dy, dx, w in KERNELS[kernel]]
    depth = 1 + max(ago for ago, _, _ in taps)
    # Errors of the last waves by row, with a rim of zeros above; a row without pixels holds zeros.
    errors = np.zeros((depth, 3, height + REACH), np.float32)
    planes = np.ascontiguousarray(light.reshape(-1, 3).T)
    covers, indices = cover.reshape(-1), chosen.reshape(-1)
    for wave, first, last in _waves(height, width, slope):
        here = errors[wave % depth]
        here[:] = 0
        if first >= last:
            continue
        # From row to row, the pixels of a wave lie one line less the slope apart.
        start, count = first * width + wave - slope * first, last - first
        places = slice(start, start + (width - slope) * (count - 1) + 1, max(1, width - slope))
        if width <= slope:
            places = slice(start, start + 1)
        value = planes[:, places].copy()
        for ago, down, share in taps:
            above = first - down + REACH
            value += errors[(wave - ago) % depth, :, above : above + count] * share
        index = nearest(value)
        indices[places] = index
        value -= nearest.light.take(index, axis=1)
        value *= covers[places]
        here[:, first + REACH : last + REACH] = value
    return chosen


def _slope(kernel: str) -> int:
    """Compute by how many pixels a row has to lag behind the one above it."""
    return max(1, 1 + max(-right for _, right, _ in KERNELS[kernel]))


def _waves(height: int, width: int, slope: int) -> Iterator[tuple[int, int, int]]:
    """Yield x + slope y of each wave, its first row and the one after its last.

    In a narrow picture some waves have no pixel.
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
    """Choose colours for one row, pixel by pixel, on lists.

    Args:
        pixels: Linear RGB, 3 numbers a pixel; cover, one number a pixel; room for the indices.
        errors: Errors of several rows, 3 numbers a pixel; each row has a rim.
        taps: Where in ``errors`` each neighbour of the first pixel lies, and its share.
        search: Tables of ``choose``.
        way: First pixel, the one after the last, step; where the row begins in ``errors``.
    """
    n, table = search
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
        red, green, blue, index = pick(red, green, blue, n, table)
        weight, own = cover[x], COLORS + 6 * index
        indices[x] = index
        errors[here + place] = (red - n[own]) * weight
        errors[here + place + 1] = (green - n[own + 1]) * weight
        errors[here + place + 2] = (blue - n[own + 2]) * weight


def _by_rows(
    light: FloatArray, cover: FloatArray, kernel: str, strength: float, search: Search
) -> Indices:
    """Compute ``diffuse_serpentine`` in Python, on lists."""
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
    """Choose colours row by row, as a kernel for ``compiled``.

    Several rows are walked together, each behind the one above it: the processor works on several
    pixels at once if they do not depend on each other.

    Args:
        pixels: Linear RGB, 3 numbers a pixel; cover, one number a pixel; room for the indices.
        errors: Room for the errors of ``REACH`` rows and of those that are walked together, 3
            numbers a pixel, all zero at first; each row has a rim.
        taps: How far before a pixel's error each neighbour's lies, in even rows, then in odd ones;
            shares.
        search: Tables of ``choose``.
        way: Height, width, rows walked together, pixels that each lags behind the one above it; if
            rows are walked one by one, every other is walked backwards.
    """
    height, width, together, lag = way
    n, table = search
    lights, cover, indices = pixels
    offsets, shares = taps
    count, line = len(shares), 3 * (width + 2 * REACH)
    # With unsigned indices, numba need not check for ones that count from the end.
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
                red, green, blue, index = pick(red, green, blue, n, table)
                own, color = np.uint64(here), np.uint64(COLORS + 6 * index)
                weight, indices[at] = cover[at], index
                errors[own] = (red - n[color]) * weight
                errors[own + one] = (green - n[color + one]) * weight
                errors[own + two] = (blue - n[color + two]) * weight
        for number in range(REACH * line):
            errors[number] = errors[together * line + number]


TOGETHER = 2
"""Rows that compiled code walks together; more are no quicker."""


def _compiled_walk(
    light: FloatArray, cover: FloatArray, kernel: tuple[str, float, bool], search: Search, walk: Any
) -> Indices:
    """Choose colours (H, W) by ``walk``, the compiled ``walk_rows``.

    ``kernel`` is its name, strength, and whether every other row is walked backwards.
    """
    name, strength, serpentine = kernel
    height, width = light.shape[:2]
    line, together = 3 * (width + 2 * REACH), 1 if serpentine else TOGETHER
    # A neighbour passes its error on in the direction of its own row.
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
    """Compute ``diffuse`` with every other row backwards; each pixel depends on the one before."""
    walk = compiled(walk_rows, *HELPERS, seconds=5e-6 * cover.size)
    mixed = can_mix(palette, light, cover)
    search = search_tables(palette, np.float64 if walk else None, cover.size, mixed=mixed)
    if walk is None:
        return _by_rows(light, cover, kernel, strength, search)
    return _compiled_walk(light, cover, (kernel, strength, True), search, walk)


def hilbert(side: int) -> tuple[Indices, Indices]:
    """List rows and columns of a Hilbert curve through a square whose side is a power of two."""
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
"""Number of errors that the Riemersma dither keeps; the oldest counts 1/16 of the newest."""


def walk_curve(
    pixels: tuple[Any, Any, Any], memory: Any, fades: tuple[float, float, float], search: Search
) -> None:
    """Choose colours along a curve, on lists or as a kernel for ``compiled``.

    Args:
        pixels: As in ``walk_row``.
        memory: The last errors, 3 numbers each, all zero at first.
        fades: Factor of the carried error after each pixel; shares of the newest error, which is
            added to it, and of the oldest, which is subtracted.
        search: Tables of ``choose``.
    """
    n, table = search
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
        red, green, blue, index = pick(red, green, blue, n, table)
        indices[x] = index
        weight, own = cover[x], COLORS + 6 * index
        # The remaining error is kept, as in a first-order delta-sigma modulator.
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
    """Spread errors along a Hilbert curve (Riemersma 1998); arguments are as in ``diffuse``."""
    height, width = light.shape[:2]
    rows, columns = hilbert(1 << (max(height, width) - 1).bit_length())
    inside = (rows < height) & (columns < width)
    rows, columns = rows[inside], columns[inside]
    # Weights form a geometric series, so their sum is updated from pixel to pixel: it is multiplied
    # by one factor, the newest error is added, and the one that leaves the memory is subtracted.
    fade = (1 / MEMORY) ** (1 / (MEMORY - 1))
    newest = strength * (1 - fade) / (1 - fade**MEMORY)
    fades = (fade, newest, newest * fade**MEMORY)
    walk = compiled(walk_curve, *HELPERS, seconds=5e-6 * cover.size)
    colors = light[rows, columns].astype(np.float64).reshape(-1)
    pixels: list[Any] = [colors, cover[rows, columns].astype(np.float64), np.zeros_like(rows)]
    memory = np.zeros(3 * MEMORY)
    mixed = can_mix(palette, light, cover)
    search = search_tables(palette, np.float64 if walk else None, cover.size, mixed=mixed)
    if walk is None:
        pixels = [part.tolist() for part in pixels]
        walk_curve((*pixels,), memory.tolist(), fades, search)
    else:
        walk((*pixels,), memory, fades, search)
    chosen = np.zeros((height, width), np.int64)
    chosen[rows, columns] = pixels[2]
    return chosen
