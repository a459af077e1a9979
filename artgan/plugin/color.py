"""Colour for filters: sRGB encoding, linear light, OKLab, nearest colours, ramps.

OKLab: Ottosson 2020, "A perceptual color space for image processing". Light is added in linear
light; distances between colours and ramps are computed in OKLab.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from artgan.plugin.cells import corners, possible
from artgan.plugin.fast import compiled
from artgan.plugin.strips import in_strips

FloatArray = NDArray[np.float32]

TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
"""Matrix from linear RGB to cone responses; their cube roots follow."""
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""Matrix from cube roots of cone responses to OKLab."""
_FROM_LAB = np.linalg.inv(TO_LAB)
_FROM_LMS = np.linalg.inv(TO_LMS)

# Between 4097 points the encoding curve is straight to within 2e-6, far below 16 bits.
_STEPS = 4096
_GRID = np.linspace(0.0, 1.0, _STEPS + 1)
_LINEAR_OF_SRGB = np.where(_GRID <= 0.04045, _GRID / 12.92, ((_GRID + 0.055) / 1.055) ** 2.4)
# A point and the rise to the next one as one complex number, so that both are fetched at once; the
# last point, which is 1, has no rise.
_LINEAR_TABLE = (_LINEAR_OF_SRGB + 1j * np.append(np.diff(_LINEAR_OF_SRGB), 0)).astype(np.complex64)
_LIGHT, _RISE = (np.ascontiguousarray(part) for part in (_LINEAR_TABLE.real, _LINEAR_TABLE.imag))
WORTH_CELLS = 100_000
"""Pixels from which it saves time to tabulate where only one palette colour can be nearest."""
FEW_COLORS = 8
"""Palette colours up to which it does: with more, most cells have several candidates."""
_KNEE = 0.0031308
"""Linear light below which sRGB is a straight line."""


def _each(change: Callable[[FloatArray], FloatArray], values: ArrayLike) -> FloatArray:
    """Apply ``change`` to flat strips of an array of any shape; keep the shape."""
    given = np.ascontiguousarray(values, dtype=np.float32)
    flat, changed = given.reshape(-1), np.empty(given.size, np.float32)

    def work(start: int, stop: int) -> None:
        changed[start:stop] = change(flat[start:stop])

    in_strips(work, len(flat))
    # ascontiguousarray makes a single number a row of one.
    return changed.reshape(np.shape(values))


def _each_color(
    change: Callable[[FloatArray], FloatArray], colors: FloatArray, channels: int
) -> FloatArray:
    """Apply ``change``, (N, C) to (N, channels), to strips of colours (..., C)."""
    flat = np.ascontiguousarray(colors, dtype=np.float32).reshape(-1, colors.shape[-1])
    changed = np.empty((len(flat), channels), np.float32)

    def work(start: int, stop: int) -> None:
        changed[start:stop] = change(flat[start:stop])

    in_strips(work, len(flat), 3)
    return changed.reshape(*colors.shape[:-1], channels)


def srgb_to_linear(encoded: ArrayLike) -> FloatArray:
    """Convert sRGB-encoded values in [0, 1] to linear light (IEC 61966-2-1).

    Values come from a table, with interpolation: within 1e-6 at 8-bit values, quicker than powers,
    and equal on every machine.
    """
    return _each(_linear, encoded)


def _linear(encoded: FloatArray) -> FloatArray:
    quick = compiled(linear_each, seconds=3e-9 * encoded.size)
    if quick is None:
        return _looked_up(encoded)
    light = np.empty(encoded.shape, np.float32)
    quick(np.ascontiguousarray(encoded).reshape(-1), light.reshape(-1))
    return light


def _looked_up(encoded: FloatArray) -> FloatArray:
    scaled = np.clip(encoded, 0, 1)
    scaled *= np.float32(_STEPS)
    low = np.floor(scaled)
    scaled -= low
    found = _LINEAR_TABLE.take(low.astype(np.intp), mode="clip")
    scaled *= found.imag
    scaled += found.real
    return scaled


def linear_each(encoded: Any, light: Any) -> None:
    """Compute ``_looked_up`` value by value, as a kernel for ``compiled``; write into ``light``.

    numba takes the module's tables as constants, so it looks up several values at once.
    """
    steps, none, most = np.float32(_STEPS), np.float32(0), np.float32(1)
    for place in range(len(encoded)):
        value = encoded[place]
        scaled = (min(value, most) if value > none else none) * steps
        low = np.floor(scaled)
        # With an unsigned index, numba need not check for one that counts from the end.
        at = np.uint32(low)
        light[place] = (scaled - low) * _RISE[at] + _LIGHT[at]


def linear_to_srgb(light: ArrayLike) -> FloatArray:
    """Convert linear light in [0, 1] to sRGB-encoded values (IEC 61966-2-1)."""
    return _each(_encoded, light)


def _encoded(light: FloatArray) -> FloatArray:
    # The sum of the straight part up to the knee and the curve's rise above it needs no branches.
    # x^(1/2.4) = (x^(1/3))^(5/4): cube roots are cheap, and x^(5/4) is x times two square roots.
    curve = np.clip(light, _KNEE, 1)
    np.cbrt(curve, out=curve)
    root = np.sqrt(curve)
    np.sqrt(root, out=root)
    curve *= root
    curve *= np.float32(1.055)
    curve -= np.float32(0.055 + 12.92 * _KNEE)
    straight = np.clip(light, 0, _KNEE)
    straight *= np.float32(12.92)
    straight += curve
    return np.clip(straight, 0, 1, out=straight)


def light_to_bytes(light: FloatArray) -> NDArray[np.uint8]:
    """Convert linear light in [0, 1] to sRGB in whole numbers up to 255, rounded.

    The numbers are those of ``linear_to_srgb``, rounded, but most come from a table.
    """
    table, flat = _byte_table(), light.reshape(-1)
    places = np.clip(flat, 0, 1)
    np.sqrt(places, out=places)
    places *= np.float32(len(table) - 1)
    found = table.take(places.astype(np.intp), mode="clip")
    doubtful = np.flatnonzero(found == _DOUBT)
    found[doubtful] = _encoded(flat.take(doubtful)) * np.float32(255) + np.float32(0.5)
    return found.astype(np.uint8).reshape(light.shape)


_DOUBT = 256


@lru_cache(maxsize=1)
def _byte_table() -> NDArray[np.uint16]:
    """Round the encoded values of square roots of light; ``_DOUBT`` where a step holds two."""
    ends = np.linspace(0, 1, 1 << 16) ** 2
    encoded = linear_to_srgb(ends)
    low = np.floor(255 * encoded + 0.5 - 1e-3)
    high = np.floor(255 * np.append(encoded[1:], 1) + 0.5 + 1e-3)
    return np.where(low == high, np.maximum(low, 0), _DOUBT).astype(np.uint16)


def quick_cbrt(values: FloatArray) -> FloatArray:
    """Compute cube roots of numbers from 0 up, within 1e-6 of each, in a fifth of the time.

    The bits of a float divided by three are nearly those of its root, within 4 %; a step of Halley
    leaves 2e-5 of that, and one of Newton nothing.
    """
    whole = np.maximum(np.ascontiguousarray(values), np.float32(1e-30)).view(np.int32)
    root: FloatArray = (whole // 3 + np.int32(709921077)).view(np.float32)
    wanted = whole.view(np.float32)
    cube = root * root
    cube *= root
    over = cube + wanted
    cube += over
    over += wanted
    root *= over
    root /= cube
    np.multiply(root, root, out=cube)
    np.divide(wanted, cube, out=cube)
    root += root
    root += cube
    root *= np.float32(1 / 3)
    return root


def to_rgb(color: FloatArray) -> FloatArray:
    """Repeat grey (..., 1) as RGB (..., 3); return RGB unchanged."""
    return np.repeat(color, 3, axis=-1) if color.shape[-1] == 1 else color


def linear_to_oklab(light: FloatArray) -> FloatArray:
    """Convert linear RGB (..., 3) to OKLab (..., 3): lightness in [0, 1], two colour axes."""
    return _each_color(_lab_of_linear, light, 3)


def _lab_of_linear(light: FloatArray) -> FloatArray:
    lms = light @ TO_LMS.T.astype(np.float32)
    np.cbrt(lms, out=lms)
    lab: FloatArray = lms @ TO_LAB.T.astype(np.float32)
    return lab


def oklab_to_linear(lab: FloatArray) -> FloatArray:
    """Convert OKLab (..., 3) to linear RGB (..., 3), not clipped."""
    return _each_color(_linear_of_lab, lab, 3)


def _linear_of_lab(lab: FloatArray) -> FloatArray:
    lms = lab @ _FROM_LAB.T.astype(np.float32)
    light: FloatArray = (lms * lms * lms) @ _FROM_LMS.T.astype(np.float32)
    return light


def srgb_to_oklab(encoded: FloatArray) -> FloatArray:
    """Convert sRGB (..., 1 or 3) in [0, 1] to OKLab (..., 3)."""
    rgb = to_rgb(np.asarray(encoded, dtype=np.float32))
    return _each_color(lambda strip: _lab_of_linear(_linear(strip)), rgb, 3)


def oklab_to_srgb(lab: FloatArray) -> FloatArray:
    """Convert OKLab (..., 3) to sRGB (..., 3), clipped to [0, 1]."""
    return _each_color(lambda strip: _encoded(_linear_of_lab(strip)), lab, 3)


def lightness(encoded: FloatArray) -> FloatArray:
    """Compute the OKLab lightness (...) in [0, 1] of sRGB (..., 1 or 3)."""
    return _each_color(lambda strip: _lightness(_linear(strip)), encoded, 1)[..., 0]


def light_lightness(light: FloatArray) -> FloatArray:
    """Compute the OKLab lightness (...) in [0, 1] of linear light (..., 1 or 3)."""
    return _each_color(_lightness, light, 1)[..., 0]


def _lightness(light: FloatArray) -> FloatArray:
    if light.shape[-1] == 1:
        grey: FloatArray = np.cbrt(light)
        return grey
    lms = light @ TO_LMS.T.astype(np.float32)
    np.cbrt(lms, out=lms)
    result: FloatArray = lms @ TO_LAB[:1].T.astype(np.float32)
    return result


def parse_hex(color: str) -> tuple[float, float, float]:
    """Read "ff4fa3", "#ff4fa3" or "#f4a" as sRGB in [0, 1].

    Raises:
        ValueError: The text is not a colour in hex.
    """
    digits = color.strip().lstrip("#").lower()
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        raise ValueError(f"{color!r} is not a colour; expected six hex digits, as in ff4fa3")
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def parse_colors(colors: Sequence[str]) -> FloatArray:
    """Read hex colours as sRGB (K, 3) in [0, 1]."""
    return np.array([parse_hex(color) for color in colors], dtype=np.float32)


def nearest(encoded: FloatArray, palette: FloatArray, space: str = "oklab") -> NDArray[np.intp]:
    """Find the nearest palette colour of each pixel.

    Args:
        encoded: sRGB (..., 1 or 3) in [0, 1].
        palette: sRGB (K, 3).
        space: "oklab", or "srgb" for plain distances between encoded values.

    Returns:
        Indices (...) into the palette; of colours that are equally near, the first.
    """
    rgb = to_rgb(np.asarray(encoded, np.float32))
    points, colors = rgb.reshape(-1, 3), np.ascontiguousarray(palette, np.float32)
    if len(points) < WORTH_CELLS or len(colors) > FEW_COLORS:
        return _by_distance(points, colors, space).reshape(rgb.shape[:-1])
    side = 32
    table = _cells(colors.tobytes(), space, side)
    found = np.empty(len(points), np.intp)
    # Slightly less than the number of cells, so that white falls into the last one.
    steps = np.float32(side - 1e-3)
    weights = np.array([side * side, side, 1], np.float32)

    def work(start: int, stop: int) -> None:
        strip = points[start:stop]
        places = np.floor(np.clip(strip, 0, 1) * steps) @ weights
        table.take(places.astype(np.intp), out=found[start:stop], mode="clip")

    in_strips(work, len(points), 3)
    doubtful = np.flatnonzero(found < 0)
    found[doubtful] = _by_distance(points.take(doubtful, axis=0), colors, space)
    return found.reshape(rgb.shape[:-1])


@lru_cache(maxsize=8)
def _cells(palette: bytes, space: str, side: int) -> NDArray[np.intp]:
    """Find for each cell of the sRGB cube the palette colour that is nearest in all of it.

    Returns:
        Indices (side^3,), negative where several can be nearest.
    """
    colors = np.frombuffer(palette, np.float32).reshape(-1, 3)
    low, high = (np.clip(end, 0, 1) for end in corners(side, 0, 1))
    if space != "oklab":
        return _only(possible(low, high, np.eye(3), colors))
    # Cone responses grow with every channel, so the corners of a cell are their bounds.
    to_lms = TO_LMS.T.astype(np.float32)
    low, high = (np.cbrt(srgb_to_linear(end) @ to_lms) for end in (low, high))
    return _only(possible(low, high, TO_LAB.T, srgb_to_oklab(colors)))


def _only(found: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Find the only candidate of each row of (N, K), or -1."""
    return np.where(found.sum(1) == 1, found.argmax(1), -1)


def _by_distance(points: FloatArray, palette: FloatArray, space: str) -> NDArray[np.intp]:
    """Compute ``nearest`` for points (N, 3) from all distances."""
    if space == "oklab":
        points, palette = srgb_to_oklab(points), srgb_to_oklab(palette)
    # |p - c|^2 = |p|^2 - 2 p.c + |c|^2, and |p|^2 is the same for every c.
    lengths = (palette * palette).sum(1)
    doubled = -2 * palette.T
    found = np.empty(len(points), np.intp)

    def work(start: int, stop: int) -> None:
        away = points[start:stop] @ doubled
        away += lengths
        away.argmin(1, out=found[start:stop])

    in_strips(work, len(points), len(palette))
    return found


def ramp(colors: FloatArray, positions: FloatArray) -> FloatArray:
    """Look up positions on a ramp of colours that is interpolated in OKLab.

    Args:
        colors: sRGB (K, 3), evenly spaced from 0 to 1.
        positions: Array of any shape, in [0, 1].

    Returns:
        sRGB (..., 3). A ramp through greys is grey.
    """
    table_at = np.linspace(0, 1, 1024)
    stops = np.linspace(0, 1, len(colors))
    lab = srgb_to_oklab(colors)
    table = np.stack([np.interp(table_at, stops, lab[:, i]) for i in range(3)], axis=1)
    encoded = oklab_to_srgb(table.astype(np.float32))
    rise = np.append(np.diff(encoded, axis=0), np.zeros((1, 3), np.float32), axis=0)
    table_and_rise = np.ascontiguousarray((encoded + 1j * rise).astype(np.complex64).T)

    def look_up(places: FloatArray) -> FloatArray:
        share = np.clip(places[:, 0], 0, 1) * np.float32(1023)
        floor = np.floor(share)
        share -= floor
        low = floor.astype(np.intp)
        blended = np.empty((len(places), 3), np.float32)
        for channel in range(3):
            found = table_and_rise[channel].take(low, mode="clip")
            np.multiply(found.imag, share, out=blended[:, channel])
            blended[:, channel] += found.real
        return blended

    return _each_color(look_up, np.asarray(positions)[..., None], 3)


def to_hex(colors: FloatArray) -> list[str]:
    """Write sRGB (K, 3) in [0, 1] as hex, rounded to 8 bits."""
    bytes_ = np.clip(np.floor(np.asarray(colors) * 255 + 0.5), 0, 255).astype(int)
    return ["".join(f"{channel:02x}" for channel in color) for color in bytes_.tolist()]


def distinct_colors(encoded: FloatArray) -> FloatArray:
    """List the different 8-bit colours (K, 3) of sRGB pixels (..., 1 or 3), darkest first."""
    rgb = to_rgb(np.asarray(encoded, np.float32)).reshape(-1, 3)
    found = np.unique((rgb * 255 + 0.5).astype(np.uint8), axis=0)
    colors: FloatArray = found.astype(np.float32) / np.float32(255)
    return colors[np.argsort(lightness(colors), kind="stable")]


def extract_colors(encoded: FloatArray, count: int) -> FloatArray:
    """Find the main colours of a picture by weighted k-means in OKLab.

    Pixels are counted in 32 bins a channel with whole numbers, so their order cannot matter. The
    first centre is the commonest bin, each next one the bin farthest from all centres so far. Vivid
    bins weigh more, so that small accents survive.

    Args:
        encoded: sRGB (..., 1 or 3).
        count: Number of colours; a picture with fewer colours yields fewer.

    Returns:
        sRGB (K, 3), rounded to 8 bits, all different, darkest first.
    """
    rgb = to_rgb(np.asarray(encoded, np.float32)).reshape(-1, 3)
    whole = (rgb * 255 + 0.5).astype(np.int64)
    codes = (whole[:, 0] << 16) | (whole[:, 1] << 8) | whole[:, 2]
    if len(np.unique(codes)) <= count:
        return distinct_colors(rgb)
    bins = (whole[:, 0] >> 3 << 10) | (whole[:, 1] >> 3 << 5) | (whole[:, 2] >> 3)
    counts = np.bincount(bins, minlength=1 << 15)
    used = np.flatnonzero(counts)
    sums = np.stack([np.bincount(bins, whole[:, i], 1 << 15)[used] for i in range(3)], axis=1)
    means = (sums / counts[used, None] / 255).astype(np.float32)
    points = srgb_to_oklab(means).astype(np.float64)
    weights = counts[used] * (1 + 8 * np.hypot(points[:, 1], points[:, 2]))
    colors = oklab_to_srgb(_cluster(points, weights, count).astype(np.float32))
    return distinct_colors(colors)


def _cluster(
    points: NDArray[np.float64], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Find centres (K, 3) of points (N, 3) by Lloyd's iteration from a farthest-point start."""
    centers = points[[int(weights.argmax())]]
    away = ((points - centers[0]) ** 2).sum(1)
    for _ in range(min(count, len(points)) - 1):
        farthest = points[[int((away * np.sqrt(weights)).argmax())]]
        centers = np.concatenate([centers, farthest])
        away = np.minimum(away, ((points - farthest[0]) ** 2).sum(1))
    for _ in range(24):
        owner = ((points[:, None] - centers[None]) ** 2).sum(2).argmin(1)
        total = np.bincount(owner, weights, len(centers))
        sums = [np.bincount(owner, weights * points[:, i], len(centers)) for i in range(3)]
        moved = np.stack(sums, 1) / np.maximum(total, 1e-12)[:, None]
        moved = np.where(total[:, None] > 0, moved, centers)
        if np.array_equal(moved, centers):
            break
        centers = moved
    return centers


BLENDS: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "normal": lambda under, over: over,
    "screen": lambda under, over: 1 - (1 - under) * (1 - over),
    "multiply": lambda under, over: under * over,
    "add": lambda under, over: under + over,
    "lighten": np.maximum,
    "darken": np.minimum,
    "overlay": lambda under, over: np.where(
        under < 0.5, 2 * under * over, 1 - 2 * (1 - under) * (1 - over)
    ),
    "soft-light": lambda under, over: (1 - 2 * over) * under**2 + 2 * over * under,
}
"""Functions that lay one picture over another; both are in [0, 1], the result may need clipping."""


def fit_gamut(lab: FloatArray) -> FloatArray:
    """Lower the chroma of OKLab colours (..., 3) outside sRGB until they fit; lightness stays.

    Each is found by sixteen bisections on the line to the grey of the same lightness.
    """
    return _each_color(_fitted, lab, 3)


def _fitted(lab: FloatArray) -> FloatArray:
    outside = np.flatnonzero(~_in_gamut(_linear_of_lab(lab)))
    if not len(outside):
        return lab
    colors = lab[outside]
    # The part of the cube roots that the colour axes add is proportional to the share of chroma.
    roots = colors[:, :1] @ _FROM_LAB.T[:1].astype(np.float32)
    lean = colors[:, 1:] @ _FROM_LAB.T[1:].astype(np.float32)
    to_light = _FROM_LMS.T.astype(np.float32)
    low, high = np.zeros((len(colors), 1), np.float32), np.ones((len(colors), 1), np.float32)
    for _ in range(16):
        middle = (low + high) * np.float32(0.5)
        tried = roots + lean * middle
        light = ((tried * tried * tried) @ to_light).astype(np.float32, copy=False)
        fits = _in_gamut(light)[:, None]
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    fitted = lab.copy()
    fitted[outside, 1:] *= low
    return fitted


def _in_gamut(light: FloatArray) -> NDArray[np.bool_]:
    """Find which linear colours (N, 3) lie in the gamut of sRGB."""
    fits = (light >= np.float32(-1e-4)) & (light <= np.float32(1 + 1e-4))
    inside: NDArray[np.bool_] = fits[:, 0] & fits[:, 1] & fits[:, 2]
    return inside
