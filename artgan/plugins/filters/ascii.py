"""Letters in place of tones, as on a terminal.

Glyphs come from the bitmap font inside Pillow, which is the same on every machine.
"""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import TO_LAB, TO_LMS, quick_cbrt
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import fold
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_drawn import AsciiOptions
from artgan.plugins.filters._warp import premultiplied

WIDE, HIGH = 6, 11
"""Size of a glyph in pixels of the font."""
ACROSS, DOWN = 3, 4
"""Parts of a cell that are compared with those of a glyph."""
SHAPE = 0.25
"""How much the parts count beside the tone of the whole cell."""
VARIETY = 0.12
"""How far the tone of a cell is off at most."""


def apply(picture: Picture, options: AsciiOptions, context: FilterContext) -> Picture:
    """Draw a letter in each cell, chosen by the cell's lightness."""
    light = picture.to("linear")
    page, wanted = typeset(light, options, context.rng)
    letters = _Letters(page, picture)
    paper, ink = ink_light(options.paper), ink_light(options.ink)[None, None]
    if options.color:
        cells = _means(premultiplied(light), *page.shape[:2])
        alpha = cells[:, :, -1:] if picture.has_alpha else np.float32(1)
        own = cells[:, :, : picture.color.shape[2]] / np.maximum(alpha, 1e-6)
        ink = np.broadcast_to(np.clip(own, 0, 1), (*own.shape[:2], 3))
    if options.shade > 0:
        strength = (1 + (wanted - 1) * np.float32(options.shade)) ** 2
        ink = paper + (ink - paper) * strength[:, :, None]
    firsts = -(-np.arange(len(ink) + 1) * picture.height // len(ink))
    across = np.arange(picture.width) * ink.shape[1] // picture.width
    over = np.ascontiguousarray((ink - paper).take(across, axis=1).transpose(0, 2, 1))
    ground = np.tile(paper, picture.width)
    # Fresh memory costs as much as the drawing: what was converted for this filter alone is reused.
    own_copy = light is not picture and not picture.has_alpha and light.color.shape[2] == 3
    drawn = light.color if own_copy else np.empty((picture.height, picture.width, 3), np.float32)

    def work(start: int, stop: int) -> None:
        begin = firsts[start]
        cover = letters.draw(begin, firsts[stop])
        for row in range(start, stop):
            lines = slice(firsts[row], firsts[row + 1])
            own = cover[firsts[row] - begin : firsts[row + 1] - begin]
            for channel in range(3):
                np.multiply(own, over[row, channel], out=drawn[lines, :, channel])
            if paper.any():
                drawn[lines].reshape(-1, len(ground))[:] += ground

    in_strips(work, len(ink), 3 * picture.width * -(-picture.height // len(ink)))
    return picture.replace(color=drawn, space="linear")


def typeset(
    picture: Picture, options: AsciiOptions, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Choose the glyph of each cell.

    Returns:
        Cover (rows, columns, leading, WIDE), and how dense letters shall be (rows, columns).
    """
    rows = max(1, round(picture.height * options.columns / picture.width * WIDE / options.leading))
    tones = _tone(picture.to("linear"))[:, :, None]
    glyphs, weights = _font(options.glyphs, options.leading)
    wanted = _wanted(tones, options, rows, options.columns)
    varied = wanted
    if options.variety > 0:
        # Black stays blank.
        most = np.float32(VARIETY * options.variety) * np.minimum(1, 4 * wanted)
        varied = wanted + most * rng.uniform(-1, 1, wanted.shape).astype(np.float32)
    off = np.abs(varied[:, :, None] * weights.max() - weights)
    if options.shape > 0:
        parts = _wanted(tones, options, rows * DOWN, options.columns * ACROSS)
        four = parts.reshape(rows, DOWN, options.columns, ACROSS).transpose(0, 2, 1, 3)
        cells = four.reshape(rows, options.columns, -1)
        # The tone is compared already: here it is where in the cell the ink lies.
        cells = cells - cells.mean(axis=2, keepdims=True)
        inked = _parts(glyphs)
        inked -= inked.mean(axis=1, keepdims=True)
        inked /= np.maximum(np.linalg.norm(inked, axis=1, keepdims=True), np.float32(0.2))
        off -= np.float32(options.shape * SHAPE) * weights.max() * (cells @ inked.T)
    return glyphs[off.argmin(axis=2)], wanted


def _wanted(tones: FloatArray, options: AsciiOptions, rows: int, columns: int) -> FloatArray:
    """Compute how dense letters shall be (rows, columns), from 0 to 1, by tones (H, W, 1)."""
    grey = _means(tones, rows, columns)[:, :, 0]
    return grey if options.light_on_dark else 1 - grey


def _parts(glyphs: FloatArray) -> FloatArray:
    """Compute the cover (K, DOWN * ACROSS) of parts of glyphs, with soft borders."""

    def shares(length: int, parts: int) -> FloatArray:
        places = (np.arange(length) + 0.5) * parts / length
        near = np.maximum(0, 1 - np.abs(places - (np.arange(parts)[:, None] + 0.5)))
        soft: FloatArray = (near / near.sum(axis=1, keepdims=True)).astype(np.float32)
        return soft

    down, across = shares(glyphs.shape[1], DOWN), shares(WIDE, ACROSS)
    found: FloatArray = np.einsum("ph,khw,qw->kpq", down, glyphs, across)
    return found.reshape(len(glyphs), -1)


def _tone(picture: Picture) -> FloatArray:
    """Compute ``tone`` (H, W) of a linear picture within 1e-6, in a third of the time."""
    color = picture.color
    light = np.empty(color.shape[:2], np.float32)
    mixing, weights = TO_LMS.T.astype(np.float32), TO_LAB[0].astype(np.float32)

    def work(start: int, stop: int) -> None:
        strip = color[start:stop]
        if strip.shape[2] == 1:
            light[start:stop] = quick_cbrt(strip[:, :, 0])
        else:
            light[start:stop] = (
                quick_cbrt(strip.reshape(-1, 3) @ mixing).dot(weights).reshape(strip.shape[:2])
            )

    in_strips(work, picture.height, 3 * picture.width)
    return light if picture.alpha is None else 1 + (light - 1) * picture.alpha[:, :, 0]


def _edges(length: int, parts: int) -> np.ndarray:
    return np.arange(parts) * length // parts


def _means(pixels: FloatArray, rows: int, columns: int) -> FloatArray:
    """Compute the mean (rows, columns, C) of each cell; cells smaller than a pixel share one."""
    starts = _edges(len(pixels), rows)
    stops = np.maximum(np.append(starts[1:], len(pixels)), starts + 1)
    # Rows added up one cell at a time take a tenth of the time of reduceat.
    bands = [pixels[begin:end].sum(axis=0) for begin, end in zip(starts, stops, strict=True)]
    means = np.stack(bands) / (stops - starts)[:, None, None].astype(np.float32)
    starts = _edges(means.shape[1], columns)
    sizes = np.maximum(np.diff(np.append(starts, means.shape[1])), 1)
    return (np.add.reduceat(means, starts, axis=1) / sizes[:, None]).astype(np.float32)


@cache
def _font(letters: str, leading: int = HIGH) -> tuple[FloatArray, FloatArray]:
    """Draw glyphs (K, leading, WIDE); also compute the mean cover (K,) of each."""
    font = ImageFont.load_default_imagefont()
    drawn = []
    for letter in letters:
        try:
            image = Image.new("L", (WIDE, leading))
            # What is left out or added lies above and below alike.
            ImageDraw.Draw(image).text((0, (leading - HIGH) // 2), letter, fill=255, font=font)
        except UnicodeEncodeError as error:
            raise StyleError(
                f"there is no glyph for '{letter}'; expected letters of Latin-1"
            ) from error
        drawn.append(np.asarray(image, np.float32) / 255)
    glyphs: FloatArray = np.stack(drawn)
    return glyphs, glyphs.mean(axis=(1, 2))


class _Letters:
    """Glyphs (rows, columns, high, WIDE), drawn over a picture some lines at a time."""

    def __init__(self, page: FloatArray, picture: Picture) -> None:
        rows, columns, high = page.shape[:3]
        self._sheet = page.transpose(0, 2, 1, 3).reshape(rows * high, columns * WIDE)
        step_down = len(self._sheet) / picture.height
        step_across = self._sheet.shape[1] / picture.width
        finer = max(1, min(8, int(np.ceil(max(step_down, step_across)))))
        offsets = (np.arange(finer) + 0.5) / finer
        along, down = np.arange(picture.width), np.arange(picture.height)
        self._along = [
            _between((along + offset) * step_across, columns * WIDE, picture.wraps[0])
            for offset in offsets
        ]
        self._down = [
            _between((down + offset) * step_down, rows * high, picture.wraps[1])
            for offset in offsets
        ]

    def draw(self, start: int, stop: int) -> FloatArray:
        """Compute the cover (stop - start, W) of some lines of the picture."""
        down = [tuple(part[start:stop] for part in each) for each in self._down]
        needed = np.unique(np.concatenate([line for each in down for line in each[:2]]))
        sheet = self._sheet[needed]
        # The grid is upright: first all columns are read, then all rows.
        wide = []
        for first, second, share in self._along:
            begin = sheet.take(first, axis=1)
            wide.append(_mixed(begin, sheet.take(second, axis=1), share))
        lines = [
            (np.searchsorted(needed, first), np.searchsorted(needed, second), share[:, None])
            for first, second, share in down
        ]
        parts = (
            _mixed(columns.take(above, axis=0), columns.take(below, axis=0), share)
            for above, below, share in lines
            for columns in wide
        )
        total = next(parts)
        for part in parts:
            total += part
        if len(wide) > 1:
            total /= len(wide) ** 2
        return np.clip(total, 0, 1, out=total)


def _between(
    places: np.ndarray, length: int, wrap: bool
) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """Find the two cells beside each place, and the share of the second.

    As ``fetch`` does: 0.5 is the middle of the first cell.
    """
    at = places.astype(np.float32) - np.float32(0.5)
    low = np.floor(at)
    first = low.astype(np.intp)
    return fold(first, length, wrap), fold(first + 1, length, wrap), at - low


def _mixed(begin: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """Compute ``begin + (end - begin) * share`` in the memory of ``end``."""
    end -= begin
    end *= share
    end += begin
    return end
