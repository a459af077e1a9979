"""Videos, read frame by frame, by the extra ``artgan[video]``."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.errors import DataError, MissingExtraError
from artgan.plugin.animations import MovingPicture


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


def read_video(path: Path) -> MovingPicture:
    """Look at a video; its comment is where artgan writes the record as JSON.

    Raises:
        DataError: It is missing, or not a video.
        MissingExtraError: PyAV is not installed.
    """
    with _opened_video(path) as file:
        found = {str(key).lower(): str(value) for key, value in file.metadata.items()}
    return MovingPicture(
        times=partial(_times, path),
        frames=partial(_frames, path),
        alpha=False,
        record=found.get("comment"),
        sound=partial(read_video_sound, path),
    )


def _times(path: Path) -> list[float]:
    """Count the frames of a video, by decoding it; all are shown for the same time."""
    with _opened_video(path) as file:
        if not file.streams.video:
            return []
        rate = file.streams.video[0].average_rate
        return [1000 / float(rate or 25)] * sum(1 for _ in file.decode(video=0))


def _frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    with _opened_video(path) as file:
        for frame in file.decode(video=0):
            yield frame.to_ndarray(format="rgba")[:, :, :3]


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
