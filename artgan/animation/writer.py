"""The interface of all animation writers, and what they share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from PIL import Image, ImageChops

from artgan.base.marks import Mark, mark_packet
from artgan.pictures.records import record_text


@dataclass(frozen=True)
class AnimationFacts:
    """What a writer needs to know of an animation before its first frame.

    ``size`` is (width, height); without ``repeats`` it plays once. A record or a mark of None is
    not written; the sound is a file to go with video; ``preview`` returns some frames, for the
    palette of a GIF.
    """

    size: tuple[int, int]
    count: int
    fps: float
    repeats: bool
    record: Mapping[str, Any] | None = None
    mark: Mark | None = None
    sound: Path | None = None
    preview: Callable[[], Sequence[Image.Image]] = field(default=lambda: ())

    @property
    def rate(self) -> Fraction:
        """Frames a second as a fraction."""
        return Fraction(self.fps).limit_denominator(1000)

    def delay(self, index: int) -> Fraction:
        """Return how long a frame is shown, in seconds; here all for the same time."""
        return 1 / self.rate

    def duration(self, index: int, units: int) -> int:
        """Return how long a frame is shown, in units a second; rounding errors do not add up."""
        return round((index + 1) * units / self.fps) - round(index * units / self.fps)

    def record_text(self) -> str:
        """Return the record as JSON, in which letters beyond ASCII stay as they are."""
        return record_text(self.record or {})

    @property
    def packet(self) -> bytes | None:
        """The mark as an XMP packet, or None without one."""
        return None if self.mark is None else mark_packet(self.mark)


class AnimationWriter(ABC):
    """Writes the frames of an animation, one after the other."""

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        self.facts = facts
        self.file = file
        self.index = 0
        self.before: Image.Image | None = None

    def add(self, frame: Image.Image) -> None:
        """Write the next frame."""
        self._add(frame)
        self.index += 1

    @abstractmethod
    def _add(self, frame: Image.Image) -> None: ...

    def _changed_box(self, frame: Image.Image) -> tuple[int, int, int, int]:
        """Return the box of what differs from the frame of the last call, at least one pixel large.

        The box of the first frame is the whole frame.
        """
        before, self.before = self.before, frame
        if before is None:
            return (0, 0, *frame.size)
        difference = ImageChops.difference(before, frame)
        return difference.getbbox(alpha_only=False) or (0, 0, 1, 1)

    @abstractmethod
    def close(self) -> None:
        """Write what comes after the last frame."""


def on_black(frame: Image.Image) -> Image.Image:
    """Return a frame in RGB, its transparent parts on black."""
    if "A" not in frame.getbands():
        return frame.convert("RGB")
    black = Image.new("RGBA", frame.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, frame.convert("RGBA")).convert("RGB")
