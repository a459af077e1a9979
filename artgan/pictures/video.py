"""Videos and animations, read frame by frame; videos need the extra ``artgan[video]``."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class VideoFacts:
    """Number of frames of a video, and how many are shown a second."""

    count: int
    fps: float


def moving_facts(path: Path) -> VideoFacts:
    """Count the frames of a video, by decoding it.

    Raises:
        DataError: It cannot be read.
        MissingExtraError: PyAV is not installed.
    """
    with _opened_video(path) as file:
        if not file.streams.video:
            return VideoFacts(0, 25.0)
        rate = file.streams.video[0].average_rate
        return VideoFacts(sum(1 for _ in file.decode(video=0)), float(rate or 25))


def read_video_sound(path: Path) -> tuple[NDArray[np.float32], int] | None:
    """Read the sound of a video: samples (N, 2) in [-1, 1] and their rate; None if it has none.

    Raises:
        DataError: It cannot be read.
        MissingExtraError: PyAV is not installed.
    """
    with _opened_video(path) as file:
        if not file.streams.audio:
            return None
        rate = file.streams.audio[0].rate
        resampler = import_av().AudioResampler("fltp", "stereo", rate)
        blocks = [one for frame in file.decode(audio=0) for one in resampler.resample(frame)]
        pieces = [block.to_ndarray().T for block in (*blocks, *resampler.resample(None))]
    return (np.concatenate(pieces).astype(np.float32), rate) if pieces else None


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a picture, an animation or a video: RGBA (H, W, 4), 0 to 255.

    Raises:
        DataError: It cannot be read.
        MissingExtraError: It is a video, and PyAV is not installed.
    """
    if path.suffix.lower() in (*VIDEO_ENDINGS, ".mov", ".mkv", ".avi", ".m4v"):
        with _opened_video(path) as file:
            for frame in file.decode(video=0):
                yield frame.to_ndarray(format="rgba")
        return
    with opened(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGBA"))
