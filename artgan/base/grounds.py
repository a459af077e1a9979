"""What clear pixels are shown on, wherever pictures are looked at: chequers, or a chosen colour."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.errors import OptionError
from artgan.plugin.color import parse_hex

CHEQUERED = "chequered"

TONES = (114, 142)
"""Greys of the chequers, 0 to 255: dark and bright pictures both show on them."""

SQUARE = 8
"""Side of a square of the chequers in pixels."""


def check_ground(ground: str) -> str:
    """Return a ground; raise OptionError if it is neither "chequered" nor a colour as hex."""
    if ground != CHEQUERED:
        try:
            parse_hex(ground)
        except ValueError as error:
            raise OptionError(f"the ground {error}; or say {CHEQUERED}") from error
    return ground


def ground_of(size: tuple[int, int], ground: str = CHEQUERED) -> Image.Image:
    """Draw an RGB picture (width, height) of nothing but a ground."""
    if check_ground(ground) != CHEQUERED:
        color = tuple(round(255 * part) for part in parse_hex(ground))
        return Image.new("RGB", size, color)
    width, height = size
    odd = (np.arange(height)[:, None] // SQUARE + np.arange(width) // SQUARE) % 2
    tones = np.array(TONES, np.uint8)[odd]
    return Image.fromarray(tones).convert("RGB")


def on_ground(picture: Image.Image, ground: str = CHEQUERED) -> Image.Image:
    """Return a picture as RGB, its clear pixels on a ground; an opaque one as it is."""
    if not picture.has_transparency_data:
        return picture
    under = ground_of(picture.size, ground).convert("RGBA")
    under.alpha_composite(picture.convert("RGBA"))
    return under.convert("RGB")


def premultiplied_levels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Multiply the colours of RGBA pixels (..., 4) by alpha, rounded; others stay as they are."""
    if pixels.shape[-1] != 4:
        return pixels
    levels: Any = pixels.copy()
    levels[..., :3] = (pixels[..., :3] * (pixels[..., 3:] / np.float32(255)) + 0.5).astype(np.uint8)
    result: NDArray[np.uint8] = levels
    return result
