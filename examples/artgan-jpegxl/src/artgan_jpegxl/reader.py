"""Opens JPEG XL files with pillow-jxl-plugin."""

import io
from typing import IO

from artgan.plugin import MissingExtraError
from artgan.plugin.memory import check_size
from PIL import Image

from artgan_jpegxl.head import read_size


def open_jpeg_xl(file: IO[bytes], name: str) -> Image.Image:
    """Open a JPEG XL file; its profile stands in ``info``.

    The library decodes at once, so the size is checked before.

    Raises:
        MissingExtraError: The library is not installed.
        StyleError: The picture is too large for the memory that is free.
        ValueError: The file is damaged.
    """
    data = file.read()
    width, height = read_size(data)
    check_size(width, height, 4, f"'{name}'")
    try:
        from pillow_jxl.JpegXLImagePlugin import JXLImageFile
    except ImportError as error:
        raise MissingExtraError(
            "it is JPEG XL, which needs a package more: pip install pillow-jxl-plugin"
        ) from error
    # Its import lets Pillow open such files itself; from here on through these checks as well.
    Image.register_open("JXL", open_jpeg_xl, Image.OPEN["JXL"][1])
    try:
        image: Image.Image = JXLImageFile(io.BytesIO(data), name)
    # The library raises its own kinds of errors, which speak of building it anew.
    except Exception as error:
        raise ValueError("the picture in it is damaged") from error
    return image
