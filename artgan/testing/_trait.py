"""Checks of a trait that is measured."""

import math
from typing import Any

import numpy as np

from artgan.plugin.picture import Picture
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()


def _pictures() -> list[Picture]:
    """Return pictures of all modes and several sizes: plain, noisy, with clear pixels."""
    rng = np.random.default_rng(3)
    noisy = [
        rng.random((height, width, channels), dtype=np.float32)
        for height, width in ((1, 1), (13, 17), (32, 24))
        for channels in (1, 2, 3, 4)
    ]
    plain = [np.full((16, 16, 3), value, np.float32) for value in (0.0, 0.5, 1.0)]
    colored = [np.full((16, 16, 3), value, np.float32) for value in ((1, 0, 0), (0, 0.3, 1))]
    half = plain[1].copy()
    half[:, :8] = 0
    return [
        Picture(pixels)
        for pixels in (*noisy, *plain, *colored, half, np.zeros((4, 4, 4), np.float32))
    ]


def _measured(subject: Subject, picture: Picture) -> Any:
    return subject.contribution.call("measure", picture)


@CHECKS.add("gives-what-it-declares")
def gives_what_it_declares(subject: Subject) -> None:
    """Of any picture it gives a number in its range, or one of its words."""
    declared = subject.contribution.declaration
    for picture in _pictures():
        value = _measured(subject, picture)
        told = f"of {picture.width}x{picture.height} pixels it gives {value!r}"
        if declared.values:
            expect(value in declared.values, f"{told}; it declares {', '.join(declared.values)}")
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = number and math.isfinite(value) and declared.low <= value <= declared.high
        expect(fits, f"{told}; it declares a number from {declared.low:g} to {declared.high:g}")


@CHECKS.add("same-picture-same-value", after=("gives-what-it-declares",))
def same_picture_same_value(subject: Subject) -> None:
    """The same picture gives the same value, and stays as it is."""
    for picture in _pictures():
        before = picture.pixels.copy()
        first, second = (_measured(subject, picture) for _ in range(2))
        expect(first == second, "the same picture gives another value each time")
        expect(np.array_equal(before, picture.pixels), "it changes the picture: work on a copy")


@CHECKS.add("tells-apart", after=("gives-what-it-declares",))
def tells_apart(subject: Subject) -> None:
    """It does not give the same of all pictures."""
    values = {_measured(subject, picture) for picture in _pictures()}
    expect(len(values) > 1, f"it gives {next(iter(values))!r} of every picture")
