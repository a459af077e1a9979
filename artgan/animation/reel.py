"""What every writer of animations shares: frames, timing, sound, and the writer's interface."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from PIL import Image, ImageChops


@dataclass(frozen=True)
class Reel:
    """What is known of an animation before its first frame.

    Attributes:
        size: Width and height of all frames.
        count: How many frames.
        fps: Frames a second.
        repeats: Whether it plays for ever; otherwise once.
        record: What made it, as plain values, or None to keep none.
        sound: A WAV file to go with video, or None.
        preview: Gives some frames of it, for the colours of a GIF.
    """

    size: tuple[int, int]
    count: int
    fps: float
    repeats: bool
    record: Mapping[str, Any] | None = None
    sound: Path | None = None
    preview: Callable[[], Sequence[Image.Image]] = field(default=lambda: ())

    def duration(self, index: int, units: int) -> int:
        """Give how long a frame stands, in units a second; rounding does not add up."""
        return round((index + 1) * units / self.fps) - round(index * units / self.fps)


class Writer(ABC):
    """Writes the frames of a reel, one after the other."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        self.reel = reel
        self.file = file
        self.index = 0

    def add(self, frame: Image.Image) -> None:
        """Write the next frame."""
        self._add(frame)
        self.index += 1

    @abstractmethod
    def _add(self, frame: Image.Image) -> None: ...

    @abstractmethod
    def close(self) -> None:
        """Write what comes after the last frame."""


def _changed(before: Image.Image | None, frame: Image.Image) -> tuple[int, int, int, int]:
    """Give the box of what differs from the frame before: all of it, or at least one pixel."""
    if before is None:
        return (0, 0, *frame.size)
    difference = ImageChops.difference(before, frame)
    return difference.getbbox(alpha_only=False) or (0, 0, 1, 1)


def _opaque(frame: Image.Image) -> Image.Image:
    """Give a frame in RGB; what is clear shows black."""
    if "A" not in frame.getbands():
        return frame.convert("RGB")
    flat = Image.new("RGBA", frame.size, (0, 0, 0, 255))
    return Image.alpha_composite(flat, frame.convert("RGBA")).convert("RGB")
