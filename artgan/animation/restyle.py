"""Styles every frame of an animation file: GIF, WebP or PNG in, WebP or PNG out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from artgan.animation.files import open_writer
from artgan.animation.writer import AnimationFacts
from artgan.pictures.files import read_record, to_pil
from artgan.pictures.marks import Metadata, metadata_of
from artgan.pictures.opening import opened
from artgan.pictures.records import Record, applied_record
from artgan.pictures.told import told_by
from artgan.plugin.decode import decode, frames
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture
from artgan.styling.chain import Styled

MOVING = ("GIF", "WEBP", "PNG", "AVIF")
"""Formats whose frames follow each other in time; others have pages."""

USUAL = 100
"""Milliseconds of a frame that does not say."""


@dataclass(frozen=True, kw_only=True)
class TimedFacts(AnimationFacts):
    """An animation whose frames are shown for times of their own, in milliseconds."""

    times: Sequence[int]

    def delay(self, index: int) -> Fraction:
        """Return how long a frame is shown, in seconds."""
        return Fraction(self.times[index], 1000)

    def duration(self, index: int, units: int) -> int:
        """Return how long a frame is shown, in units a second; rounding errors do not add up."""
        before = sum(self.times[:index])
        return round((before + self.times[index]) * units / 1000) - round(before * units / 1000)


def frame_times(path: Path) -> list[int]:
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


def style_animation(
    source: Path,
    target: Path,
    style: Callable[[Picture], Styled],
    *,
    seed: int = 0,
    about: Callable[[Record], Metadata] = metadata_of,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Style every frame of a GIF, WebP, PNG or AVIF into a .png or .webp, and keep its times.

    The seed is that of the style, for the record, from which ``about`` returns what the file
    carries; the record comes back.
    """
    times = frame_times(source)
    alpha = any(picture.has_alpha for picture in _pictures(source))
    first = next(_pictures(source))
    styled = style(_with_alpha(first, alpha))
    made_by = read_record(source)
    told = {} if made_by else told_by(source)
    record = applied_record(
        styled.record, seed, first.pixels, source=source.name, made_by=made_by, told=told
    )
    carried = about({**record, "frames": len(times)})
    facts = TimedFacts(
        size=(styled.picture.width, styled.picture.height),
        count=len(times),
        fps=1000 * len(times) / sum(times),
        repeats=True,
        record=carried.record,
        mark=carried.mark,
        times=times,
    )
    with open_writer(target, facts, overwrite=overwrite) as writer:
        for picture in _pictures(source):
            writer.add(to_pil(style(_with_alpha(picture, alpha)).picture))
    return record


def _pictures(path: Path) -> Iterator[Picture]:
    with opened(path) as image:
        check_size(image.width, image.height, 4, f"'{path}'")
        for frame in frames(image):
            yield Picture(decode(frame).as_floats())


def _with_alpha(picture: Picture, wanted: bool) -> Picture:
    if picture.has_alpha or not wanted:
        return picture
    full: FloatArray = np.ones((picture.height, picture.width, 1), np.float32)
    return picture.replace(alpha=full)
