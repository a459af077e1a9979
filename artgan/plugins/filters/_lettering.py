"""Draws letters and suit signs as cover, to be laid on pictures.

Letters come from the scalable font inside Pillow, which is the same on every machine. They are
drawn large and made smaller, so that they look alike at every size.
"""

from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artgan.plugin import StyleError
from artgan.plugin.picture import FloatArray

DRAWN = 128
"""Height in pixels that letters and signs are drawn at."""
MISSING = "\U0010ffff"
"""A character that no font has."""


@lru_cache(maxsize=256)
def letters(text: str, spacing: float = 0.0) -> Image.Image:
    """Draw a line of text: an image (mode L) that is ``DRAWN`` high and as wide as the text.

    The spacing between letters is in heights of a letter.

    Raises:
        StyleError: The font lacks a letter.
    """
    font = ImageFont.load_default(DRAWN * 0.8)
    blank = bytes(font.getmask(MISSING))
    for letter in text:
        if bytes(font.getmask(letter)) == blank:
            raise StyleError(
                f"there is no glyph for '{letter}'; expected letters of European languages"
            )
    # Measured from the start of the line, so that the kerning of pairs is kept.
    gap = spacing * DRAWN * 0.6
    starts = [font.getlength(text[:place]) + gap * place for place in range(len(text))]
    width = font.getlength(text) + gap * (len(text) - 1)
    line = Image.new("L", (max(1, round(width) + 2), DRAWN))
    draw = ImageDraw.Draw(line)
    for start, letter in zip(starts, text, strict=True):
        draw.text((start, DRAWN * 0.8), letter, fill=255, font=font, anchor="ls")
    return line


@lru_cache(maxsize=32)
def sign(suit: str) -> Image.Image:
    """Draw the sign of a suit: an image (mode L) of ``DRAWN`` x ``DRAWN``."""
    page = Image.new("L", (DRAWN * 4, DRAWN * 4))
    _SIGNS[suit](_Pen(page))
    return page.resize((DRAWN, DRAWN), Image.Resampling.BOX)


def cover_of(drawn: Image.Image, height: int, width: int) -> FloatArray:
    """Resize a drawing to cover (height, width) in [0, 1]."""
    small = drawn.resize((max(1, width), max(1, height)), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255)


def lay(pixels: FloatArray, color: FloatArray, cover: FloatArray, top: int, left: int) -> None:
    """Paint a colour, sRGB (3,), on pixels (H, W, 3 or 4) in place.

    ``cover`` is the share of the colour (h, w) in [0, 1], with its upper left corner at ``top`` and
    ``left``; what lies outside is cut off.
    """
    up, before = max(0, -top), max(0, -left)
    cover = cover[up : max(up, pixels.shape[0] - top), before : max(before, pixels.shape[1] - left)]
    area = pixels[top + up :, left + before :][: cover.shape[0], : cover.shape[1]]
    share = cover[:, :, None]
    if pixels.shape[2] == 4:
        alpha = area[:, :, 3:] * (1 - share) + share
        area[:, :, 3:] = alpha
        share = share / np.maximum(alpha, np.float32(1e-6))
    area[:, :, :3] += (color - area[:, :, :3]) * share


class _Pen:
    """Draws on a square page whose sides go from 0 to 1."""

    def __init__(self, page: Image.Image) -> None:
        self.side = page.width
        self.draw = ImageDraw.Draw(page)

    def disc(self, x: float, y: float, radius: float, fill: int = 255) -> None:
        box = [v * self.side for v in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.ellipse(box, fill=fill)

    def shape(self, *points: tuple[float, float]) -> None:
        self.draw.polygon([(x * self.side, y * self.side) for x, y in points], fill=255)


def _heart(pen: _Pen, flip: bool = False) -> None:
    def at(y: float) -> float:
        return 0.94 - y if flip else y

    for x in (0.285, 0.715):
        pen.disc(x, at(0.3), 0.235)
    pen.shape((0.101, at(0.446)), (0.5, at(0.95)), (0.899, at(0.446)), (0.5, at(0.25)))


def _stem(pen: _Pen) -> None:
    pen.shape((0.5, 0.5), (0.7, 0.97), (0.3, 0.97))


def _spade(pen: _Pen) -> None:
    _heart(pen, flip=True)
    _stem(pen)


def _club(pen: _Pen) -> None:
    for x, y in ((0.5, 0.25), (0.26, 0.58), (0.74, 0.58)):
        pen.disc(x, y, 0.22)
    pen.disc(0.5, 0.5, 0.12)
    _stem(pen)


def _star(pen: _Pen) -> None:
    turns = [(pi * place / 5, 0.5 if place % 2 == 0 else 0.2) for place in range(10)]
    pen.shape(*((0.5 + r * sin(turn), 0.53 - r * cos(turn)) for turn, r in turns))


def _moon(pen: _Pen) -> None:
    pen.disc(0.48, 0.5, 0.45)
    pen.disc(0.66, 0.42, 0.36, fill=0)


def _drop(pen: _Pen) -> None:
    pen.disc(0.5, 0.66, 0.3)
    pen.shape((0.5, 0.03), (0.762, 0.513), (0.238, 0.513))


def _leaf(pen: _Pen) -> None:
    edge = [(0.5 + 0.34 * sin(pi * t / 20) ** 1.3, 0.04 + 0.76 * t / 20) for t in range(21)]
    pen.shape(*edge, *((1 - x, y) for x, y in reversed(edge)))
    pen.shape((0.47, 0.7), (0.53, 0.7), (0.53, 0.98), (0.47, 0.98))


_SIGNS = {
    "spades": _spade,
    "hearts": _heart,
    "diamonds": lambda pen: pen.shape((0.5, 0.02), (0.86, 0.5), (0.5, 0.98), (0.14, 0.5)),
    "clubs": _club,
    "star": _star,
    "moon": _moon,
    "drop": _drop,
    "leaf": _leaf,
}
