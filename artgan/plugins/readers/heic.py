"""HEIC (ISO/IEC 23008-12), by pillow-heif."""

from typing import IO

from PIL import Image

from artgan.plugin import MissingExtraError


def open_heic(file: IO[bytes], name: str) -> Image.Image:
    """Open a HEIC file; its pixels are decoded when they are asked for.

    Raises:
        MissingExtraError: The package that reads it is not installed.
    """
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise MissingExtraError(
            "it is a HEIC photograph, which needs a package more: pip install 'artgan[heic]'"
        ) from error
    register_heif_opener()
    build, _ = Image.OPEN["HEIF"]
    return build(file, name)
