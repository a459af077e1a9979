"""Opening picture files without decoding them, with errors that name the file."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from artgan.errors import DataError


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture file of any size; its pixels are decoded when they are asked for.

    ``Image.open`` refuses large files by a limit that all threads share. Here there is none: the
    head of a poster may be read, and whoever decodes pixels checks the size before.

    Raises:
        DataError: It is missing, not a picture, or damaged.
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
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise DataError(f"'{path}' is damaged or cannot be read: {error}") from error


def _identify(file: IO[bytes], path: Path) -> Image.Image:
    """Let each of Pillow's formats try the file: the common ones first, then all."""
    begin = file.read(16)
    tried: set[str] = set()
    for load_formats in (Image.preinit, Image.init):
        load_formats()
        for name in [name for name in Image.ID if name not in tried]:
            tried.add(name)
            build, accepts = Image.OPEN[name]
            try:
                accepted = accepts is None or accepts(begin)
                # A text in place of True says why the format cannot be read here.
                if accepted and not isinstance(accepted, str):
                    file.seek(0)
                    return build(file, str(path))
            except (SyntaxError, IndexError, TypeError, struct.error):
                continue
    raise UnidentifiedImageError(str(path))
