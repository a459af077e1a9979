"""Moving pictures that the reader of a plugin returns, checked when they come in."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.base.suggest import count_of
from artgan.errors import PluginError
from artgan.plugin.animations import MovingPicture
from artgan.plugin.files import Contribution
from artgan.plugin.memory import check_size

Frame = Image.Image | NDArray[np.uint8]


def checked_film(found: object, form: Contribution, path: Path) -> MovingPicture:
    """Check what a reader returned for a file; its functions are checked when they are called.

    Raises:
        PluginError: Something of it has the wrong type; the error names file and reader.
    """
    if not isinstance(found, MovingPicture):
        told = f"{form.where} gave {type(found).__name__}; expected a MovingPicture"
        raise PluginError(f"'{path}' cannot be read: {told}")
    film = _PluginFilm(found, form, path)
    for name in ("times", "frames", "sound"):
        value = getattr(found, name)
        if not callable(value):
            film.refuse(f"{type(value).__name__} as {name}", "a function without arguments")
    if not isinstance(found.record, str | None):
        film.refuse(f"{type(found.record).__name__} as record", "text or None")
    if not isinstance(found.alpha, bool):
        film.refuse(f"{type(found.alpha).__name__} as alpha", "True or False")
    return replace(found, times=lambda: film.times, frames=film.frames, sound=film.sound)


@dataclass(frozen=True)
class _PluginFilm:
    """What a reader returned, and whose it is."""

    found: MovingPicture
    form: Contribution
    path: Path

    def refuse(self, given: str, wanted: str) -> NoReturn:
        raise PluginError(
            f"'{self.path}' cannot be read: {self.form.where} gave {given}; expected {wanted}"
        )

    @property
    def _failed(self) -> str:
        return f"'{self.path}' cannot be read: {self.form.where} failed"

    @cached_property
    def times(self) -> Sequence[float]:
        with self.form.errors(self._failed):
            given: Any = self.found.times()
            known = isinstance(given, Iterable) and not isinstance(given, str | bytes)
            times = list(given) if known else []
        if not known:
            self.refuse(f"{type(given).__name__} as times", "milliseconds for each frame")
        for number, time in enumerate(times):
            if not isinstance(time, Real) or not math.isfinite(time) or time <= 0:
                self.refuse(f"{time!r} as time of frame {number}", "milliseconds above 0")
        return [float(time) for time in times]

    def frames(self) -> Iterator[Frame]:
        """Yield the frames: as many as times, all of one size."""
        count, number, first = len(self.times), 0, (0, 0)
        with self.form.errors(self._failed):
            given: Any = self.found.frames()
            if not isinstance(given, Iterable):
                self.refuse(f"{type(given).__name__} as frames", "an iterator")
            for number, frame in enumerate(given, 1):
                if number > count:
                    self._refuse_count("more frames")
                size = self._checked_size(frame, number - 1)
                first = first if number > 1 else size
                if size != first:
                    self.refuse(
                        f"frame {number - 1} of {size[0]}x{size[1]}",
                        f"{first[0]}x{first[1]}, as frame 0 has",
                    )
                yield frame
        if number < count:
            self._refuse_count(count_of(number, "frame"))

    def _refuse_count(self, frames: str) -> NoReturn:
        count = len(self.times)
        self.refuse(f"{frames} and {count_of(count, 'time')}", "as many frames as times")

    def _checked_size(self, frame: object, number: int) -> tuple[int, int]:
        """Check a frame; return (width, height)."""
        if isinstance(frame, Image.Image):
            check_size(frame.width, frame.height, 4, f"'{self.path}'")
            # What is damaged in it shall be found here, where errors name the reader.
            frame.load()
            return frame.size
        wanted = "a picture of Pillow or an array (H, W, 3 or 4) of uint8"
        if not isinstance(frame, np.ndarray):
            self.refuse(f"{type(frame).__name__} as frame {number}", wanted)
        shaped = frame.ndim == 3 and frame.shape[2] in (3, 4) and frame.size
        if frame.dtype != np.uint8 or not shaped:
            self.refuse(f"an array {frame.shape} of {frame.dtype} as frame {number}", wanted)
        return frame.shape[1], frame.shape[0]

    def sound(self) -> tuple[NDArray[np.float32], int] | None:
        with self.form.errors(self._failed):
            given: Any = self.found.sound()
        if given is None:
            return None
        wanted = "None, or samples (N, 2) in [-1, 1] and how many a second"
        if not isinstance(given, tuple) or len(given) != 2:
            self.refuse(f"{type(given).__name__} as sound", wanted)
        samples, rate = given
        fits = isinstance(samples, np.ndarray) and samples.ndim == 2 and samples.shape[1] == 2
        if not fits or samples.dtype.kind != "f" or not np.isfinite(samples).all():
            self.refuse("samples that are none as sound", wanted)
        if not isinstance(rate, int | np.integer) or rate < 1:
            self.refuse(f"{rate!r} as rate of its sound", wanted)
        return samples.astype(np.float32), int(rate)
