"""Letters in place of tones, as on a terminal.

Glyphs come from the bitmap font inside Pillow, which is the same on every machine.
"""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_drawn import AsciiOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._warp import fetch, premultiplied

WIDE, HIGH = 6, 11
"""Size of a glyph in pixels of the font."""


def apply(picture: Picture, options: AsciiOptions, context: FilterContext) -> Picture:
    """Draw a letter in each cell, chosen by the cell's lightness."""
    light, page = picture.to("linear"), typeset(picture, options)
    cover = _letters(page, picture)
    paper, ink = ink_light(options.paper), ink_light(options.ink)
    if options.color:
        cells = _means(premultiplied(light), *page.shape[:2])
        alpha = cells[:, :, -1:] if picture.has_alpha else np.float32(1)
        own = cells[:, :, : picture.color.shape[2]] / np.maximum(alpha, 1e-6)
        ink = _spread(np.clip(own, 0, 1).astype(np.float32), picture.height, picture.width)
    drawn = paper + (ink - paper) * cover[:, :, None]
    return picture.replace(color=drawn.astype(np.float32), space="linear")


def typeset(picture: Picture, options: AsciiOptions) -> FloatArray:
    """Choose the glyph of each cell: cover (rows, columns, HIGH, WIDE)."""
    rows = max(1, round(picture.height * options.columns / picture.width * WIDE / HIGH))
    grey = _means(tone(picture.to("linear"))[:, :, None], rows, options.columns)[:, :, 0]
    glyphs, weights = _font(options.glyphs)
    wanted = grey if options.light_on_dark else 1 - grey
    page: FloatArray = glyphs[np.abs(wanted[:, :, None] * weights.max() - weights).argmin(axis=2)]
    return page


def _edges(length: int, parts: int) -> np.ndarray:
    return np.arange(parts) * length // parts


def _means(pixels: FloatArray, rows: int, columns: int) -> FloatArray:
    """Compute the mean (rows, columns, C) of each cell; cells smaller than a pixel share one."""
    for axis, parts in ((0, rows), (1, columns)):
        starts = _edges(pixels.shape[axis], parts)
        sizes = np.maximum(np.diff(np.append(starts, pixels.shape[axis])), 1)
        shape = [1, 1, 1]
        shape[axis] = parts
        sums = np.add.reduceat(pixels, starts, axis=axis)
        pixels = (sums / sizes.reshape(shape)).astype(np.float32)
    return pixels


def _spread(cells: FloatArray, height: int, width: int) -> FloatArray:
    rows, columns = cells.shape[:2]
    down, across = np.arange(height) * rows // height, np.arange(width) * columns // width
    spread: FloatArray = cells[down][:, across]
    return spread


@cache
def _font(letters: str) -> tuple[FloatArray, FloatArray]:
    """Draw glyphs (K, HIGH, WIDE); also compute the mean cover (K,) of each."""
    font = ImageFont.load_default_imagefont()
    drawn = []
    for letter in letters:
        try:
            image = Image.new("L", (WIDE, HIGH))
            ImageDraw.Draw(image).text((0, 0), letter, fill=255, font=font)
        except UnicodeEncodeError as error:
            raise StyleError(
                f"there is no glyph for '{letter}'; expected letters of Latin-1"
            ) from error
        drawn.append(np.asarray(image, np.float32) / 255)
    glyphs: FloatArray = np.stack(drawn)
    return glyphs, glyphs.mean(axis=(1, 2))


def _letters(page: FloatArray, picture: Picture) -> FloatArray:
    """Draw glyphs (rows, columns, HIGH, WIDE) over the whole picture: cover (H, W)."""
    rows, columns = page.shape[:2]
    sheet = page.transpose(0, 2, 1, 3).reshape(rows * HIGH, columns * WIDE, 1)
    step_down, step_across = len(sheet) / picture.height, sheet.shape[1] / picture.width
    finer = max(1, min(8, int(np.ceil(max(step_down, step_across)))))
    total = np.zeros((picture.height, picture.width), np.float32)
    for offset_down in (np.arange(finer) + 0.5) / finer:
        for offset_across in (np.arange(finer) + 0.5) / finer:
            down = ((np.arange(picture.height) + offset_down) * step_down)[:, None]
            across = ((np.arange(picture.width) + offset_across) * step_across)[None, :]
            shape = total.shape
            places = [np.broadcast_to(p, shape).astype(np.float32) for p in (down, across)]
            total += fetch(sheet, places[0], places[1], picture.wraps)[:, :, 0]
    return np.clip(total / finer**2, 0, 1)
