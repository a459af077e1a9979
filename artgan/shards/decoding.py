"""Decodes one packed picture at the size of a training."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from artgan.errors import PictureError
from artgan.plugin.alpha import clear_share
from artgan.plugin.decode import decode, identify
from artgan.plugin.fitting import is_grey, lay_on, pick_resampling

Pixels = NDArray[np.uint8]

MODES = {1: "L", 3: "RGB", 4: "RGBA"}

MOST_PIXELS = 100_000_000


@dataclass(frozen=True)
class Shape:
    """What each picture is made: its size in pixels, and its channels (1, 3 or 4).

    Clear pixels are laid on ``background``, a colour as hex, where there is no alpha.
    """

    height: int
    width: int
    channels: int
    background: str = "000000"


def decode_member(data: bytes, name: str, shape: Shape) -> Pixels:
    """Decode a picture as uint8 (H, W, C); one of another size is cropped and resized.

    Raises:
        PictureError: It is damaged.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            # What artgan packed needs nothing but decoding.
            if image.mode == MODES[shape.channels] and _is_plain(image, shape):
                return _pixels(image)
        with identify(io.BytesIO(data), name) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureError(f"{image.width}x{image.height} are too many pixels (a bomb?)")
            return _fit(decode(image).as_image(), shape)
    except PictureError:
        raise
    # A decoder may raise any error on damaged bytes.
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"'{name}' cannot be decoded: {reason[:120]}") from error


def _is_plain(image: Image.Image, shape: Shape) -> bool:
    size = image.size == (shape.width, shape.height)
    return size and not {"icc_profile", "exif", "transparency"} & set(image.info)


def _pixels(image: Image.Image) -> Pixels:
    array: Pixels = np.asarray(image)
    return array[:, :, None] if array.ndim == 2 else array


def _fit(image: Image.Image, shape: Shape) -> Pixels:
    if shape.channels != 4 and image.mode in ("LA", "RGBA"):
        image = lay_on(image, shape.background)
    image = image.convert(MODES[shape.channels])
    size = (shape.width, shape.height)
    if image.size != size:
        image = ImageOps.fit(image, size, pick_resampling(image.size, size))
    return _pixels(image)


@dataclass(frozen=True)
class Look:
    """What a packed picture is: (width, height) in pixels, whether it is grey, its clear share."""

    size: tuple[int, int]
    grey: bool
    clear: float


def look_at_member(data: bytes, name: str) -> Look:
    """Find out what a picture is.

    Raises:
        PictureError: It is damaged.
    """
    try:
        with identify(io.BytesIO(data), name) as image:
            plain = decode(image).as_image()
    # A decoder may raise any error on damaged bytes.
    except Exception as error:
        raise PictureError(f"'{name}' cannot be decoded: {error}") from error
    grey = is_grey(np.asarray(plain.convert("RGB")))
    return Look(plain.size, grey, clear_share(np.atleast_3d(np.asarray(plain))))
