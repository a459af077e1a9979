"""Measure how well a picture tiles: the change across its edges against that inside."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from artgan.errors import DataError
from artgan.plugin.picture import Picture

BAND = (0.75, 1.35)
"""Scores of pictures that tile lie between these; too low is as wrong as too high."""

LIKE = 1.1
"""A seam shows if it changes by so much more than lines inside."""

COMMON = 0.98
"""Share of the lines inside that change less, without a record."""

REPEATS = "repeats"

MIRRORED = 0.02
"""Step scores below this mean that the edges hold the same pixels."""


@dataclass(frozen=True)
class SeamScores:
    """Change across the seam, divided by the mean change inside, for each axis.

    A picture that tiles scores about 1. A higher score is a visible step or crease, unless lines
    inside change as much, as in a wallpaper; a lower one means faded or mirrored edges, unless the
    picture's record says that it repeats. A flat axis scores 1, a seam in an otherwise flat one
    infinity. Steps are first differences across the edges (x: left and right, y: top and bottom),
    bends second ones, which also find creases. The largest are what lines inside have too: one of
    them if the record says that the picture repeats, else one in fifty.
    """

    step_x: float
    step_y: float
    bend_x: float
    bend_y: float
    largest_step_x: float
    largest_step_y: float
    largest_bend_x: float
    largest_bend_y: float
    recorded_x: bool
    recorded_y: bool

    @property
    def seamless_x(self) -> bool:
        """Whether the picture repeats across."""
        return self.verdict("x").startswith(REPEATS)

    @property
    def seamless_y(self) -> bool:
        """Whether the picture repeats down."""
        return self.verdict("y").startswith(REPEATS)

    def verdict(self, axis: Literal["x", "y"]) -> str:
        """Return in a few words what the scores of an axis mean."""
        step, bend = getattr(self, f"step_{axis}"), getattr(self, f"bend_{axis}")
        recorded = getattr(self, f"recorded_{axis}")
        low, high = BAND
        if step > max(high, LIKE * getattr(self, f"largest_step_{axis}")):
            return "a step shows"
        # Of a pattern of mirrors a crease is part.
        if not recorded and bend > max(high, LIKE * getattr(self, f"largest_bend_{axis}")):
            return "a crease shows"
        if low <= min(step, bend):
            return REPEATS
        if recorded:
            return f"{REPEATS}, as its record says"
        # Mirrored edges hold the same pixels twice: no step at all, but a fold.
        if step < MIRRORED <= bend:
            return "mirrored: no step, but a fold"
        return "too smooth: the edges fade"


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
    rare = [1.0 if wraps else COMMON for wraps in picture.wraps]
    across, down = _axis_scores(pixels.transpose(1, 0, 2), rare[0]), _axis_scores(pixels, rare[1])
    (step_x, bend_x, *most_x), (step_y, bend_y, *most_y) = across, down
    return SeamScores(
        step_x, step_y, bend_x, bend_y, most_x[0], most_y[0], most_x[1], most_y[1], *picture.wraps
    )


def _axis_scores(rows: NDArray[np.float64], share: float) -> tuple[float, float, float, float]:
    """Compare the seam between the last and first of (rows, columns, channels) with lines inside.

    Returns:
        Step and bend of the seam, and those that a share of the lines inside does not exceed; all
        divided by the mean inside.
    """
    steps = np.roll(rows, -1, axis=0) - rows
    bends = steps - np.roll(steps, 1, axis=0)
    step_sizes = np.abs(steps).mean(axis=(1, 2))
    bend_sizes = np.abs(bends).mean(axis=(1, 2))
    # Only the last step crosses the seam, but the last bend and the first both do.
    step = _ratio(float(step_sizes[-1]), float(step_sizes[:-1].mean()))
    bend = _ratio(float(bend_sizes[[0, -1]].mean()), float(bend_sizes[1:-1].mean()))
    most_step = _ratio(float(np.quantile(step_sizes[:-1], share)), float(step_sizes[:-1].mean()))
    most_bend = _ratio(float(np.quantile(bend_sizes[1:-1], share)), float(bend_sizes[1:-1].mean()))
    return step, bend, most_step, most_bend


def _ratio(seam: float, inner: float) -> float:
    if inner < 1e-9:
        return 1.0 if seam < 1e-9 else float("inf")
    return seam / inner
