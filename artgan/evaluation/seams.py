"""Measure how well a picture tiles: the change across its edges against that inside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artgan.errors import DataError
from artgan.plugin.picture import Picture

BAND = (0.75, 1.35)
"""Scores of pictures that tile lie between these; too low is as wrong as too high."""

MIRRORED = 0.02
"""Step scores below this mean that the edges hold the same pixels."""


@dataclass(frozen=True)
class SeamScores:
    """Change across the seam, divided by the mean change inside, for each axis.

    A picture that tiles scores about 1. A higher score is a visible step or crease; a lower one
    means faded or mirrored edges. A flat axis scores 1, a seam in an otherwise flat one infinity.
    Steps are first differences across the edges (x: left and right, y: top and bottom), bends
    second ones, which also find creases.
    """

    step_x: float
    step_y: float
    bend_x: float
    bend_y: float

    @property
    def seamless_x(self) -> bool:
        """Whether both scores of the x axis lie in the band."""
        return all(BAND[0] <= score <= BAND[1] for score in (self.step_x, self.bend_x))

    @property
    def seamless_y(self) -> bool:
        """Whether both scores of the y axis lie in the band."""
        return all(BAND[0] <= score <= BAND[1] for score in (self.step_y, self.bend_y))


def seam_scores(picture: Picture) -> SeamScores:
    """Measure the seams of a picture of at least 4 x 4 pixels, in sRGB with alpha multiplied in."""
    if picture.shorter_side < 4:
        raise DataError(
            f"a picture of {picture.width} x {picture.height} pixels is too small to measure its "
            "seams: it needs at least 4 x 4; enlarge it first"
        )
    shown = picture.to("srgb")
    pixels = shown.color.astype(np.float64)
    if shown.alpha is not None:
        pixels = np.concatenate([pixels * shown.alpha, shown.alpha], axis=2)
    step_x, bend_x = _axis_scores(pixels.transpose(1, 0, 2))
    step_y, bend_y = _axis_scores(pixels)
    return SeamScores(step_x, step_y, bend_x, bend_y)


def seam_verdict(step: float, bend: float) -> str:
    """Return in a few words what the two scores of an axis mean."""
    low, high = BAND
    if low <= step <= high and low <= bend <= high:
        return "repeats"
    if step > high:
        return "a step shows"
    if bend > high:
        return "a crease shows"
    # Mirrored edges hold the same pixels twice: no step at all, but a fold.
    if step < MIRRORED <= bend:
        return "mirrored: no step, but a fold"
    return "too smooth: the edges fade"


def _axis_scores(rows: NDArray[np.float64]) -> tuple[float, float]:
    """Compute step and bend of the seam between the last and first of (rows, columns, channels)."""
    steps = np.roll(rows, -1, axis=0) - rows
    bends = steps - np.roll(steps, 1, axis=0)
    step_sizes = np.abs(steps).mean(axis=(1, 2))
    bend_sizes = np.abs(bends).mean(axis=(1, 2))
    # Only the last step crosses the seam, but the last bend and the first both do.
    step = _ratio(float(step_sizes[-1]), float(step_sizes[:-1].mean()))
    bend = _ratio(float(bend_sizes[[0, -1]].mean()), float(bend_sizes[1:-1].mean()))
    return step, bend


def _ratio(seam: float, inner: float) -> float:
    if inner < 1e-9:
        return 1.0 if seam < 1e-9 else float("inf")
    return seam / inner
