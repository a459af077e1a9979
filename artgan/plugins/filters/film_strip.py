"""A strip of film on a light table: the picture on the colour of the base, holes on either side.

Measures are those of 35 mm film (ISO 1007): a frame is 24 mm high, the strip 35 mm; holes are
2.8 mm wide and 2 mm high, 4.75 mm apart, 2 mm from the edge, with round corners.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import FilmStripOptions
from artgan.plugins.filters._frame import canvas, flat_color
from artgan.plugins.filters._lettering import cover_of, letters

FRAME, STRIP = 24.0, 35.0
"""Heights of a frame and of the strip in millimetres."""
BESIDE = 1.0
"""Half of the gap between two frames."""
PITCH, WIDE, HIGH, CORNER = 4.75, 2.8, 2.0, 0.5
"""Distance of two holes along the strip, their width and height, and the radius of corners."""
EDGE = 2.0
"""Distance of the holes from the edge of the strip."""
SIGNS = 1.3
"""Height of the letters between frame and holes."""


def apply(picture: Picture, options: FilmStripOptions, context: FilterContext) -> Picture:
    """Lay the picture, in linear light, on a strip; what was clear is the bare base."""
    base = srgb_to_linear(flat_color(options.color))
    behind = srgb_to_linear(flat_color(options.light))
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = 1 + (light - 1) * picture.alpha
    pixel = FRAME / picture.shorter_side
    margin, gap = round((STRIP - FRAME) / 2 / pixel), round(BESIDE / pixel)
    strip = canvas(
        picture.replace(pixels=light), (gap, margin, gap, margin), np.ones(3, np.float32)
    )
    holes = _holes(strip, pixel)
    signs = _signs(strip, context.index + 1, margin, pixel)[:, :, None]
    # What was printed on the edge by light is dark, as it is in the picture.
    shown = strip.color * base * (1 - np.float32(0.8) * signs)
    shown += holes[:, :, None] * (behind - shown)
    return strip.replace(color=np.clip(shown, 0, 1), indexed=None)


def _holes(strip: Picture, pixel: float) -> FloatArray:
    """Compute the cover (H, W) of the holes; a whole number of them fits the strip."""
    count = max(1, round(strip.width * pixel / PITCH))
    across = (np.arange(strip.width) + 0.5) / strip.width * count % 1 - 0.5
    down = (np.arange(strip.height) + 0.5) * pixel
    from_edge = np.minimum(down, strip.height * pixel - down) - EDGE - HIGH / 2
    # Distance from a rectangle with round corners, in pixels.
    x = np.maximum(np.abs(across) * strip.width * pixel / count - WIDE / 2 + CORNER, 0)[None, :]
    y = np.maximum(np.abs(from_edge) - HIGH / 2 + CORNER, 0)[:, None]
    outside = (np.hypot(x, y) - CORNER) / pixel
    cover: FloatArray = np.clip(0.5 - outside, 0, 1).astype(np.float32)
    return cover


def _signs(strip: Picture, number: int, margin: int, pixel: float) -> FloatArray:
    """Draw the frame's number, and that of the half frame after it, below the picture: (H, W)."""
    cover = np.zeros((strip.height, strip.width), np.float32)
    high = round(SIGNS / pixel)
    if high < 4:
        return cover
    for text, share in ((str(number), 0.2), (f"{number}A", 0.7)):
        drawn = letters(text)
        sign = cover_of(drawn, high, round(high * drawn.width / drawn.height))
        left, top = round(share * strip.width), strip.height - margin + round(0.12 / pixel)
        room = cover[top : top + high, left : left + sign.shape[1]]
        room[:] = sign[: room.shape[0], : room.shape[1]]
    return cover
