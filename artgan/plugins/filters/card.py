"""A playing card around a picture: rank and suit in two corners, a window, a title."""

import numpy as np
from PIL import Image, ImageDraw

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_page import CardOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._lettering import cover_of, lay, letters, sign

SIDE, END = 0.145, 0.095
"""Margins left and right of the window, above and below it, as shares of the card's width."""
RANK, SUIT, LINE = 0.13, 0.082, 0.006
"""Height of the rank and of the suit's sign, and width of the frame's line, likewise."""
FINER = 4


def apply(picture: Picture, options: CardOptions, context: FilterContext) -> Picture:
    """Draw the card; the picture keeps its own pixels, and what does not fit is cut off."""
    window = picture.shorter_side
    width = max(1, round(window / (1 - 2 * SIDE)))
    height = max(1, round(width * options.ratio))
    check_size(width, height, 4, "the card")
    card = np.empty((height, width, 3), np.float32)
    card[:] = flat_color(options.paper)
    _window(card, picture, options)
    for _ in range(2):
        _corner(card, options)
        # The other corner is the same, with the card rotated by half a turn.
        card = card[::-1, ::-1].copy()
    if options.title and not options.twin:
        _title(card, options)
    if options.corners:
        card = np.concatenate([card, _rounded(height, width, options.corners)[:, :, None]], axis=2)
    return picture.replace(pixels=card, wraps=(False, False), indexed=None)


def _window(card: FloatArray, picture: Picture, options: CardOptions) -> None:
    """Fill the window with its background, the picture and a line around it."""
    width = card.shape[1]
    left, top = round(SIDE * width), round(END * width)
    inside = card[top : max(top + 1, card.shape[0] - top), left : max(left + 1, width - left)]
    inside[:] = flat_color(options.ground)
    if options.twin:
        half = -(-len(inside) // 2)
        for _ in range(2):
            _place(inside[:half], picture, at_top=True)
            inside = inside[::-1, ::-1]
    else:
        _place(inside, picture, at_top=False)
    ink, line = flat_color(options.ink), max(1, round(LINE * width))
    inside[:line] = inside[len(inside) - line :] = ink
    inside[:, :line] = inside[:, max(0, inside.shape[1] - line) :] = ink


def _place(area: FloatArray, picture: Picture, *, at_top: bool) -> None:
    """Lay the picture on the middle or the top of an area; what does not fit is cut off."""
    down = 0 if at_top else (len(area) - picture.height) // 2
    across = (area.shape[1] - picture.width) // 2
    pixels, alpha = to_rgb(picture.color), picture.alpha
    up, before = max(0, -down), max(0, -across)
    pixels = pixels[up:, before:][: len(area), : area.shape[1]]
    part = area[down + up :, across + before :][: len(pixels), : pixels.shape[1]]
    cover = np.float32(1) if alpha is None else alpha[up:, before:][: len(part), : part.shape[1]]
    part += (pixels - part) * cover


def _corner(card: FloatArray, options: CardOptions) -> None:
    """Write rank and suit into the upper left corner, in place."""
    width = card.shape[1]
    middle, top, ink = SIDE / 2 * width, 0.06 * width, flat_color(options.ink)
    if options.rank.strip():
        drawn = letters(options.rank.strip())
        high = RANK * width
        wide = min(high * drawn.width / drawn.height, 0.8 * SIDE * width)
        cover = cover_of(drawn, round(high), round(wide))
        lay(card, ink, cover, round(top), round(middle - cover.shape[1] / 2))
        top += high * 0.98
    if options.suit != "none":
        side = max(1, round(SUIT * width))
        lay(
            card,
            ink,
            cover_of(sign(options.suit), side, side),
            round(top),
            round(middle - side / 2),
        )


def _title(card: FloatArray, options: CardOptions) -> None:
    """Write the title into the lower part of the window."""
    height, width = card.shape[:2]
    drawn = letters(options.title, 0.12)
    high = 0.1 * width
    wide = min(high * drawn.width / drawn.height, (1 - 2 * SIDE) * 0.88 * width)
    cover = cover_of(drawn, round(high), round(wide))
    top = height - round(END * width) - len(cover) - round(0.02 * width)
    lay(card, flat_color(options.ink), cover, top, (width - cover.shape[1]) // 2)


def _rounded(height: int, width: int, corners: float) -> FloatArray:
    """Draw the alpha (height, width) of a card with round corners."""
    mask = Image.new("L", (width * FINER, height * FINER))
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, corners * mask.width, fill=255)
    cover = cover_of(mask, height, width)
    # Pillow draws the four corners slightly differently; all get the smallest.
    return np.minimum(np.minimum(cover, cover[::-1]), np.minimum(cover, cover[::-1])[:, ::-1])
