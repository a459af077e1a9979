"""Opening picture files without decoding them, with errors that name the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from artgan.errors import ArtganError, DataError
from artgan.plugin.decode import identify


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture file of any size; its pixels are decoded when they are asked for.

    Raises:
        DataError: It is missing, not a picture, or damaged.
        MissingExtraError: It needs a package that is not installed.
    """
    try:
        with path.open("rb") as file:
            yield _identify(file, path)
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    except UnidentifiedImageError as error:
        raise DataError(f"'{path}' is not a picture that can be read") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"'{path}' is too large: {error}; make it smaller first") from error
    except (ArtganError, MemoryError):
        raise
    # Decoders of damaged files raise whatever they stumble over.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise DataError(f"'{path}' is damaged or cannot be read: {reason}") from error


def _identify(file: IO[bytes], path: Path) -> Image.Image:
    try:
        return identify(file, str(path))
    except ArtganError as error:
        raise type(error)(f"'{path}' cannot be read: {error}") from error
