"""Formats of moving pictures: what a writer is told and has to do, and what a reader returns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True)
class AnimationFacts:
    """What a writer needs to know of an animation before its first frame.

    Attributes:
        size: (Width, height) of all frames in pixels.
        count: Number of frames.
        fps: Frames a second, on average.
        repeats: Whether it plays again and again, rather than once.
        times: How long each frame is shown, in milliseconds, if not all for the same time; only for
            a format that declares ``timed``.
        record: How the animation was made, as JSON, or None where the user wants none.
        mark: An XMP packet with the mark of how it came about, or None.
        xmp: An XMP packet (ISO 16684-1) with both, or None. It, or ``mark``, must be in the file as
            it is, not compressed, so that other programs find it; artgan looks for it afterwards.
        sound: A sound file to play with it, for a format that declares ``sound``, or None.
        preview: Makes some frames, spread over the whole, such as for a palette.
    """

    size: tuple[int, int]
    count: int
    fps: float
    repeats: bool
    times: Sequence[float] = ()
    record: str | None = None
    mark: bytes | None = None
    xmp: bytes | None = None
    sound: Path | None = None
    preview: Callable[[], Sequence[Image.Image]] = field(default=lambda: ())

    @property
    def rate(self) -> Fraction:
        """Frames a second as a fraction."""
        return Fraction(self.fps).limit_denominator(1000)

    def delay(self, index: int) -> Fraction:
        """Return how long a frame is shown, in seconds."""
        if not self.times:
            return 1 / self.rate
        return Fraction(self.times[index]).limit_denominator(1000) / 1000

    def duration(self, index: int, units: int) -> int:
        """Return how long a frame is shown, in units a second; rounding errors do not add up."""
        if not self.times:
            return round((index + 1) * units / self.fps) - round(index * units / self.fps)
        before = sum(self.times[:index])
        return round((before + self.times[index]) * units / 1000) - round(before * units / 1000)


class AnimationWriter(Protocol):
    """What an ``AnimationFormat`` returns for a file that is to be written."""

    def add(self, frame: Image.Image) -> None:
        """Write the next frame: 8 bits, L, LA, RGB or RGBA, in sRGB; leave it as it is."""

    def close(self) -> None:
        """Write what comes after the last frame."""


@dataclass(frozen=True, kw_only=True)
class MovingPicture:
    """What an ``AnimationFormat`` reads in a file.

    Attributes:
        times: Returns how long each frame is shown, in milliseconds.
        frames: Yields all frames, each time that it is called: images in any mode, or arrays
            (H, W, 3 or 4), 0 to 255, in sRGB; as many as times, all of one size. In constant
            memory, if it can.
        alpha: Whether some frames may have clear pixels.
        record: The record that artgan has written into the file, or None.
        sound: Returns the sound, samples (N, 2) in [-1, 1] and their number a second; or None.
    """

    times: Callable[[], Sequence[float]]
    frames: "Callable[[], Iterator[Image.Image | NDArray[np.uint8]]]"
    alpha: bool = True
    record: str | None = None
    sound: "Callable[[], tuple[NDArray[np.float32], int] | None]" = field(default=lambda: None)


def on_black(frame: Image.Image) -> Image.Image:
    """Return a frame in RGB, its clear parts on black, for formats without alpha."""
    if "A" not in frame.getbands():
        return frame.convert("RGB")
    black = Image.new("RGBA", frame.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, frame.convert("RGBA")).convert("RGB")
