"""Reads colour of more than 8 bits through Pillow, which has no mode for it.

Of 16 bits Pillow keeps the upper byte alone. Such a file is decoded twice: once as it is, and once
in the other byte order, so that the lower byte stands where Pillow looks for the upper one. HEIC
gives its own bits to whoever asks.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Levels = NDArray[np.float32]

OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
"""Order of bytes in the name of a raw mode of Pillow -> the other one."""

LIKE = {"RGB": "RGB", "RGBA": "RGBA", "RGBX": "RGBX", "RGBa": "RGBA", "CMYK": "CMYK"}
"""Colours in the name of a raw mode -> those to read samples as they are stored."""


def raw_mode(image: Image.Image) -> str:
    """Return Pillow's name of how the samples of a file are stored; "" once it is decoded."""
    names = set()
    for tile in getattr(image, "tile", ()):
        args = tile[3]
        names.add(str(args[0] if isinstance(args, tuple) and args else args))
    return names.pop() if len(names) == 1 else ""


def is_deep_color(image: Image.Image) -> bool:
    """Tell whether a file that is not decoded yet holds more than 8 bits a channel of colour."""
    if image.format == "PPM":
        most = [tile[3][-1] for tile in image.tile if isinstance(tile[3], tuple)]  # type: ignore[attr-defined]
        return image.mode == "RGB" and any(isinstance(m, int) and m > 255 for m in most)
    if image.format == "HEIF":
        return int(image.info.get("bit_depth", 8)) > 8
    colors, _, order = raw_mode(image).partition(";16")
    return order in OTHER_ORDER and colors in (*LIKE, "LA")


def read_deep_color(image: Image.Image) -> Levels | None:
    """Decode a PNG or TIFF of 16 bits a channel, or a HEIC of 10 or 12; None for any other file.

    What is None stays undecoded.

    Returns:
        Levels (H, W, C) in [0, 1], upright: RGB, RGBA with straight alpha, grey and alpha, or CMYK.
    """
    if image.format not in ("PNG", "TIFF", "HEIF") or not is_deep_color(image):
        return None
    if image.format == "HEIF":
        return _read_heic(image)
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        return None
    colors, _, order = raw_mode(image).partition(";16")
    if colors == "LA":
        # Four bytes that stand for two samples.
        four = _read_as(image, "RGBA", "RGBA").astype(np.uint16)
        return levels_of(four[:, :, 0::2] << 8 | four[:, :, 1::2])
    upper, lower = (
        _read_as(image, LIKE[colors].replace("X", ""), f"{LIKE[colors]};16{each}")
        for each in (order, OTHER_ORDER[order])
    )
    levels = levels_of(upper.astype(np.uint16) << 8 | lower)
    return straight(levels) if colors == "RGBa" else levels


def _read_heic(image: Any) -> Levels | None:
    """Decode a HEIC at its own depth; None once Pillow has let go of the file."""
    if image.fp is None:
        return None
    from pillow_heif import open_heif

    bits, place = int(image.info["bit_depth"]), image.fp.tell()
    try:
        file = open_heif(image.fp, convert_hdr_to_8bit=False, hdr_to_16bit=True)
    finally:
        image.fp.seek(place)
    # The upper bits of 16.
    samples = np.asarray(file[image.tell()]) >> (16 - bits)
    levels: Levels = np.divide(samples, np.float32(2**bits - 1), dtype=np.float32)
    return levels


def levels_of(samples: Any) -> Levels:
    """Bring samples of 16 bits to [0, 1]."""
    levels: Levels = np.divide(samples, np.float32(65535), dtype=np.float32)
    return levels


def straight(levels: Levels) -> Levels:
    """Divide colours (H, W, 4) by the alpha that they were multiplied with."""
    levels[:, :, :3] /= np.maximum(levels[:, :, 3:], 1e-6)
    return np.clip(levels, 0, 1)


def upright(levels: Levels, orientation: int) -> Levels:
    """Turn pixels (H, W, C) by the orientation of EXIF, 1 to 8."""
    turned = levels.swapaxes(0, 1) if orientation >= 5 else levels
    down, across = orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7)
    return turned[:: -1 if down else 1, :: -1 if across else 1]


def _read_as(image: Image.Image, mode: str, raw: str) -> NDArray[np.uint8]:
    """Decode a file anew, as if its samples were stored otherwise."""
    with _opened_again(image) as other:
        other._mode = mode
        other.tile = [tile._replace(args=_named(tile.args, raw)) for tile in other.tile]
        other.load()
        return np.asarray(ImageOps.exif_transpose(other))


def _named(args: Any, raw: str) -> Any:
    return (raw, *args[1:]) if isinstance(args, tuple) else raw


@contextmanager
def _opened_again(image: Any) -> Iterator[Any]:
    """Open the file of a picture a second time, at the same page; leave it where it stood."""
    place = image.fp.tell()
    try:
        image.fp.seek(0)
        other = type(image)(image.fp, image.filename)
        if image.tell():
            other.seek(image.tell())
        yield other
    finally:
        image.fp.seek(place)
