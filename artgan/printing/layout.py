"""Lays a picture on a sheet, with bleed and crop marks, and makes the sheet strip by strip.

The whole sheet is never in memory: each strip is resampled from the picture, in linear light, so a
poster of any size needs little more memory than its picture.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import linear_to_srgb, parse_hex, srgb_to_linear, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize, taps
from artgan.printing.paper import SLUG, Sheet

MARK_LENGTH, MARK_GAP, MARK_WIDTH = 5.0, 2.0, 0.1
"""Crop marks, in millimetres."""

STRIP_PIXELS = 4_000_000

CRISP, CRISP_PIXELS = 8, 16_000_000
"""How many times "crisp" enlarges before a B-spline does the rest, and into how many pixels."""

FEW_COLORS = 256
"""Pictures with at most so many colours are enlarged without smoothing."""

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class _Axis:
    """How the rows (or columns) of a sheet are computed from those of a picture.

    Each averages rows of the picture, ``places`` (n, K), by ``weights`` (n, K), or is ``bare``
    paper (n,).
    """

    places: NDArray[np.int64]
    weights: FloatArray
    bare: NDArray[np.bool_]

    def cut(self, start: int, stop: int) -> "_Axis":
        """Return rows ``start`` to ``stop``."""
        return _Axis(self.places[start:stop], self.weights[start:stop], self.bare[start:stop])


def picture_lengths(picture: Picture, sheet: Sheet, method: str) -> tuple[int, int]:
    """Return width and height of the picture on the sheet in pixels."""
    margin = 2 * sheet.pixels(sheet.margin)
    room = sheet.trim[0] - margin, sheet.trim[1] - margin
    if sheet.fit == "tile":
        width = max(1, round(room[0] / sheet.across))
        scale = width / picture.width
    else:
        choose = max if sheet.fit == "fill" else min
        scale = choose(room[0] / picture.width, room[1] / picture.height)
    if method == "nearest" and scale >= 1:
        # Whole pixels stay square: enlarge by a whole factor.
        scale = math.ceil(scale) if sheet.fit == "fill" else math.floor(scale)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def choose_method(picture: Picture) -> str:
    """Choose how to enlarge a picture: "nearest" if it has few colours, otherwise "smooth"."""
    if picture.indexed is not None:
        return "nearest"
    codes = (picture.color * 255 + 0.5).astype(np.int64)
    codes = codes @ (np.int64(256) ** np.arange(codes.shape[2]))
    return "nearest" if len(np.unique(codes)) <= FEW_COLORS and codes.size > 65536 else "smooth"


def print_strips(
    picture: Picture, sheet: Sheet
) -> Iterator[NDArray[np.uint8] | NDArray[np.uint16]]:
    """Yield a sheet from top to bottom, in strips (rows, width, 3) of sRGB.

    Bleed and tiles continue a picture that wraps without a seam.
    """
    method = choose_method(picture) if sheet.method == "auto" else sheet.method
    length = picture_lengths(picture, sheet, method)
    if method == "crisp":
        picture, method = _with_crisp_edges(picture, length[0] / picture.width), "smooth"
    bare = srgb_to_linear(np.array(parse_hex(sheet.paper), np.float32))
    light = picture.to("linear")
    pixels = to_rgb(light.color)
    if light.alpha is not None:
        pixels = pixels * light.alpha + bare * (1 - light.alpha)
    rows = _axis(picture.height, length[1], picture.wraps[1], sheet.trim[1], sheet, method)
    columns = _axis(picture.width, length[0], picture.wraps[0], sheet.trim[0], sheet, method)
    width, height = sheet.size
    step = max(1, STRIP_PIXELS // width)
    marks = crop_marks(sheet)
    most = np.float32(2**sheet.bits - 1)
    for start in range(0, height, step):
        stop = min(height, start + step)
        strip = _resample(pixels, rows.cut(start, stop), columns)
        strip[rows.bare[start:stop]] = bare
        strip[:, columns.bare] = bare
        encoded = linear_to_srgb(np.clip(strip, 0, 1))
        draw_marks(encoded, marks, start)
        encoded *= most
        encoded += np.float32(0.5)
        yield encoded.astype(np.uint8) if sheet.bits == 8 else encoded.astype(np.uint16)


def _with_crisp_edges(picture: Picture, factor: float) -> Picture:
    """Enlarge a picture up to ``CRISP`` times, its edges drawn anew; the copy is in memory."""
    room = math.sqrt(CRISP_PIXELS / (picture.height * picture.width))
    factor = min(factor, CRISP, room)
    if factor <= 1:
        return picture
    return resize(picture, round(picture.height * factor), round(picture.width * factor), "crisp")


def _axis(source: int, length: int, wraps: bool, trim: int, sheet: Sheet, method: str) -> _Axis:
    """Compute how the rows (or columns) of a sheet are made from those of a picture.

    The picture has ``source`` rows, ``length`` on the sheet, of which ``trim`` are left after
    cutting; where it wraps, it continues on its other side.
    """
    margin, total, tile = sheet.pixels(sheet.margin), trim + 2 * sheet.edge, sheet.fit == "tile"
    place = np.arange(total) - sheet.edge - (margin if tile else (trim - length) // 2)
    bare = np.zeros(total, bool)
    if sheet.fit == "inside":
        bare = (place < 0) | (place >= length)
    repeats = tile or (wraps and sheet.fit == "fill")
    place = place % length if repeats else _mirror(place, length)
    if method == "nearest":
        places = (np.arange(length) * source // length)[place][:, None]
        weights = np.ones((total, 1), np.float32)
    else:
        whole, shares = taps(source, length, method)
        whole = whole % source if wraps else _mirror(whole, source)
        places, weights = whole[place], shares[place]
    border = sheet.edge + margin if margin else sheet.edge - sheet.pixels(sheet.bleed)
    bare[:border] = bare[total - border :] = True
    return _Axis(places, weights, bare)


def _mirror(places: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Reflect places outside [0, length) at the edges."""
    around = (places + length) % (2 * length) - length
    return np.where(around < 0, -1 - around, around)


def _resample(pixels: FloatArray, rows: _Axis, columns: _Axis) -> FloatArray:
    """Compute the strip (n, width, 3) of these rows and columns."""
    high = np.zeros((len(rows.places), *pixels.shape[1:]), np.float32)
    for tap in range(rows.places.shape[1]):
        high += pixels[rows.places[:, tap]] * rows.weights[:, tap, None, None]
    if columns.places.shape[1] == 1:
        return high[:, columns.places[:, 0]]
    strip = np.zeros((len(high), len(columns.places), pixels.shape[2]), np.float32)
    for tap in range(columns.places.shape[1]):
        strip += high[:, columns.places[:, tap]] * columns.weights[None, :, tap, None]
    return strip


def crop_marks(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """List the crop marks of a sheet as boxes (left, top, right, bottom) in pixels."""
    if not sheet.marks:
        return []
    width, height = sheet.size
    line = max(1, sheet.pixels(MARK_WIDTH))
    near = sheet.pixels(SLUG) - sheet.pixels(MARK_GAP)
    far = max(0, near - sheet.pixels(MARK_LENGTH))
    boxes = []
    for x in (sheet.edge - line // 2, width - sheet.edge - line // 2):
        boxes += [(x, far, x + line, near), (x, height - near, x + line, height - far)]
    for y in (sheet.edge - line // 2, height - sheet.edge - line // 2):
        boxes += [(far, y, near, y + line), (width - near, y, width - far, y + line)]
    return boxes


def draw_marks(strip: NDArray[Any], marks: Sequence[tuple[int, int, int, int]], start: int) -> None:
    """Draw crop marks in black on a strip (rows, width, 3) that begins at row ``start``."""
    for left, top, right, bottom in marks:
        strip[max(0, top - start) : max(0, bottom - start), left:right] = 0
