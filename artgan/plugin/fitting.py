"""Brings the pictures of a set to one size and one kind of pixels, all by the same rules."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.plugin.color import parse_hex

GREY_WITHIN = 6
"""Largest difference between channels of a pixel that counts as grey."""

SMALLEST_SIDE = 32
"""Side in pixels that ``pick_size`` does not halve any more."""

LARGEST_PIXEL_ART = 64
"""Side in pixels up to which a picture that fits by a whole factor keeps its pixels square."""


def pick_size(sizes: Sequence[tuple[int, int]], largest: int) -> tuple[int, int]:
    """Choose (height, width): the size that all (width, height) share, or else a square.

    Neither is larger than ``largest``, the side in pixels that suits the machine.
    """
    if len(set(sizes)) == 1 and max(sizes[0]) <= largest:
        return sizes[0][1], sizes[0][0]
    middle = sorted(min(size) for size in sizes)[len(sizes) // 2] if sizes else 0
    side = largest
    while side > SMALLEST_SIDE and side > middle:
        side //= 2
    return side, side


def pick_resampling(have: tuple[int, int], want: tuple[int, int]) -> Image.Resampling:
    """Choose how a picture of one (width, height) becomes another.

    Small pixel art that fits by a whole factor keeps its pixels square; all else is Lanczos.
    """
    whole = all(w % h == 0 for w, h in zip(want, have, strict=True))
    small = max(have) <= LARGEST_PIXEL_ART and whole
    return Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS


def is_grey(pixels: NDArray[np.uint8]) -> bool:
    """Check whether pixels (H, W, C) have no colour, except for the traces that JPEG leaves."""
    color = pixels[:, :, :3].astype(np.int16)
    return int((color.max(axis=2) - color.min(axis=2)).max()) <= GREY_WITHIN


def lay_on(image: Image.Image, color: str) -> Image.Image:
    """Lay a picture with alpha on a colour as hex; return it as RGB.

    Raises:
        ValueError: The text is no colour.
    """
    red, green, blue = (round(part * 255) for part in parse_hex(color))
    under = Image.new("RGBA", image.size, (red, green, blue, 255))
    under.alpha_composite(image.convert("RGBA"))
    return under.convert("RGB")
