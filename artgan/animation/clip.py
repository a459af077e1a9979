"""Moving pictures as they come: animations and videos, frame by frame, in constant memory."""

import wave
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from artgan.errors import DataError
from artgan.pictures.moving import open_moving
from artgan.plugin.animations import MovingPicture
from artgan.plugin.decode import decode
from artgan.plugin.leftovers import scratch_path, temporary_folder
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture


@dataclass(frozen=True)
class Clip:
    """An animation or a video.

    Attributes:
        path: Its file.
        times: How long each frame is shown, in milliseconds.
        moving: What its format reads in it.
    """

    path: Path
    times: tuple[float, ...]
    moving: MovingPicture

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.times)

    @property
    def fps(self) -> float:
        """Frames a second, on average."""
        alike = len(set(self.times)) == 1
        return 1000 / self.times[0] if alike else 1000 * self.count / sum(self.times)

    def pictures(self) -> Iterator[Picture]:
        """Yield the frames; if some have clear pixels, all have alpha."""
        for picture in self._decoded():
            yield _with_alpha(picture, self._has_alpha)

    @cached_property
    def _has_alpha(self) -> bool:
        """Whether some frames have clear pixels, for which all are decoded once."""
        return self.moving.alpha and any(picture.has_alpha for picture in self._decoded())

    def _decoded(self) -> Iterator[Picture]:
        for frame in self.moving.frames():
            if isinstance(frame, Image.Image):
                yield Picture(decode(frame).as_floats())
                continue
            check_size(frame.shape[1], frame.shape[0], frame.shape[2], f"'{self.path}'")
            yield Picture(frame.astype(np.float32) / np.float32(255))


def open_clip(path: Path) -> Clip | None:
    """Look at a file; return None if it is a still picture.

    Raises:
        DataError: It is missing, or cannot be read.
        MissingExtraError: It is a video, and ``artgan[video]`` is not installed.
    """
    moving = open_moving(path)
    if moving is None:
        return None
    times = tuple(moving.times())
    if not times or min(times) <= 0:
        raise DataError(f"'{path}' is a video without frames")
    return Clip(path, times, moving)


def joined(clip: Clip, count: int) -> Iterator[Picture]:
    """Yield the frames of a clip so that its end flows into its beginning.

    The last ``count`` frames are laid over the first ones, fading out in linear light, and left out
    at the end: what follows the last frame is the frame that the clip has there.
    """
    last: deque[Picture] = deque(clip.pictures(), maxlen=count) if count else deque()
    for number, picture in enumerate(clip.pictures()):
        if number >= clip.count - count:
            return
        yield _faded(last[number], picture, number / count) if number < count else picture


def _joined_sound(samples: FloatArray, length: int, share: float) -> FloatArray:
    """Lay the last share of a sound over its beginning, both at even power, and leave it out there.

    Args:
        samples: (N, channels).
        length: Samples that the clip lasts; silence is added, or the rest cut off.
        share: Share of the clip, up to a half.
    """
    whole = np.zeros((length, samples.shape[1]), np.float32)
    whole[: len(samples)] = samples[:length]
    kept = length - round(length * share)
    turn = np.linspace(0, np.pi / 2, length - kept, dtype=np.float32)[:, None]
    whole[: length - kept] *= np.sin(turn)
    whole[: length - kept] += whole[kept:] * np.cos(turn)
    return whole[:kept]


def _faded(under: Picture, over: Picture, share: float) -> Picture:
    """Mix two frames; of the second as much as ``share``, 0 to 1."""
    first, second = under.to("linear"), over.to("linear")
    before, now = np.float32(1 - share), np.float32(share)
    if first.alpha is None or second.alpha is None:
        mixed = first.color * before + second.color * now
        return second.replace(pixels=mixed).to("srgb")
    old, new = first.alpha * before, second.alpha * now
    total = old + new
    color = first.color * old + second.color * new
    color = color / np.maximum(total, np.float32(1e-6))
    return second.replace(pixels=np.concatenate([color, total], axis=2)).to("srgb")


def _with_alpha(picture: Picture, wanted: bool) -> Picture:
    if picture.has_alpha or not wanted:
        return picture
    full: FloatArray = np.ones((picture.height, picture.width, 1), np.float32)
    return picture.replace(alpha=full)


@contextmanager
def sound_file(clip: Clip, count: int = 0) -> Iterator[Path | None]:
    """Lend the sound of a video as a WAV file; None if it has none.

    With ``count`` its end flows into its beginning over so many frames, as ``joined`` does it.
    """
    sound = clip.moving.sound()
    if sound is None:
        yield None
        return
    samples, rate = sound
    if count:
        samples = _joined_sound(samples, round(clip.count / clip.fps * rate), count / clip.count)
    with temporary_folder(scratch_path("artgan-sound")) as folder:
        path = folder / "sound.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        yield path
