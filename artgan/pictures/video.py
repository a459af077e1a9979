"""Videos and animations, read frame by frame; videos need the extra ``artgan[video]``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageSequence

from artgan.errors import DataError, MissingExtraError
from artgan.pictures.formats import VIDEO_ENDINGS
from artgan.pictures.opening import opened


def import_av() -> Any:
    """Import PyAV.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(
            "video needs PyAV: pip install 'artgan[video]'. GIF, WebP and APNG work without it"
        ) from error
    return av


@contextmanager
def _opened_video(path: Path) -> Iterator[Any]:
    """Open a video for reading."""
    av = import_av()
    try:
        # A file and no name: FFmpeg takes what stands before a colon for a protocol.
        with path.open("rb") as data, av.open(data) as file:
            yield file
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    # UnicodeError: of what the file says, damaged.
    except (av.FFmpegError, OSError, ValueError) as error:
        raise DataError(f"'{path}' is not a video that can be read: {error}") from error


def video_comment(path: Path) -> str | None:
    """Read the comment of a video, where artgan writes the record as JSON; None if there is none.

    Raises:
        DataError: It is missing, or not a video.
        MissingExtraError: PyAV is not installed.
    """
    with _opened_video(path) as file:
        found = {str(key).lower(): str(value) for key, value in file.metadata.items()}
    return found.get("comment")


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a picture, an animation or a video: RGBA (H, W, 4), 0 to 255.

    Raises:
        DataError: It cannot be read.
        MissingExtraError: It is a video, and PyAV is not installed.
    """
    if path.suffix.lower() in VIDEO_ENDINGS:
        with _opened_video(path) as file:
            for frame in file.decode(video=0):
                yield frame.to_ndarray(format="rgba")
        return
    with opened(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGBA"))
