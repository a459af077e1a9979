"""Moving pictures of all formats: their frames, how long each is shown, and their record."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.errors import DataError, PluginError
from artgan.pictures.opening import opened
from artgan.pictures.plugin_films import checked_film
from artgan.plugin.animations import MovingPicture
from artgan.plugin.decode import PICTURE_ENDINGS, frames
from artgan.plugin.files import find_animation_format, is_own_writer
from artgan.plugin.memory import check_size

MOVING = ("GIF", "WEBP", "PNG", "AVIF")
"""Formats whose frames follow each other in time; others have pages."""

USUAL = 100
"""Milliseconds of a frame that does not say."""


def is_film(path: Path, does: Literal["read", "write"]) -> bool:
    """Tell by its ending whether a file can only be a film, which artgan or a plugin handles."""
    still = path.suffix.lower() in PICTURE_ENDINGS
    return not still and find_animation_format(path, does) is not None


def open_moving(path: Path) -> MovingPicture | None:
    """Look at a file by its ending, or else by what it holds; return None for a still picture.

    Raises:
        DataError: It is missing, or cannot be read.
        MissingExtraError: It needs a package that is not installed.
        PluginError: The reader of a plugin failed, or returned something else than frames.
    """
    form = find_animation_format(path, "read")
    if form is None:
        return read_animation(path)
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    try:
        found = form.call("read", path)
    except PluginError as error:
        raise PluginError(f"'{path}' cannot be read: {error}") from error
    if found is None:
        return None
    # artgan's own are of the right types, and counting frames decodes a video once more.
    return found if is_own_writer(form) else checked_film(found, form, path)


def read_animation(path: Path) -> MovingPicture | None:
    """Look at what Pillow reads; None for a still picture.

    Raises:
        DataError: It is missing, or cannot be read.
    """
    times = frame_times(path)
    if not times:
        return None
    return MovingPicture(times=lambda: times, frames=partial(_pillow_frames, path))


def _pillow_frames(path: Path) -> Iterator[Image.Image]:
    with opened(path) as image:
        check_size(image.width, image.height, 4, f"'{path}'")
        yield from frames(image)


def frame_times(path: Path) -> Sequence[int]:
    """Read how long each frame of an animation is shown, in milliseconds; [] for other files."""
    with opened(path) as image:
        if image.format not in MOVING or getattr(image, "n_frames", 1) < 2:
            return []
        return [
            round(frame.info.get("duration") or USUAL)
            for frame in frames(image)
            # Pillow knows some durations only when a frame is decoded.
            if frame.load() is not None
        ]


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a picture, an animation or a video: RGBA (H, W, 4), 0 to 255.

    Raises:
        DataError: It cannot be read.
        MissingExtraError: It is a video, and PyAV is not installed.
    """
    moving = open_moving(path)
    if moving is None:
        with opened(path) as image:
            yield np.asarray(image.convert("RGBA"))
        return
    for frame in moving.frames():
        image = frame if isinstance(frame, Image.Image) else Image.fromarray(frame)
        yield np.asarray(image.convert("RGBA"))
