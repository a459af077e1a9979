"""Plots of losses and scores as PNG."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from artgan.base.marks import OF_NUMBERS, write_marked_png

WIDTH, HEIGHT = 960, 420

LEFT, RIGHT, TOP, FLOOR = 70, WIDTH - 20, 50, HEIGHT - 50
"""Edges of the area with the curves, in pixels."""

INK, PAPER, FAINT = (40, 42, 54), (250, 250, 247), (214, 214, 208)

BLUE, RED, GREY = (38, 98, 176), (196, 62, 48), (150, 150, 146)

LARGEST = 1e30
"""Largest value that is drawn: losses of a training that blew up may be anything."""


def _downsampled(values: Sequence[float], points: int) -> list[float]:
    """Return the means of about ``points`` pieces of equal length."""
    size = max(1, len(values) // points)
    pieces = [values[i : i + size] for i in range(0, len(values), size)]
    return [sum(piece) / len(piece) for piece in pieces]


@dataclass(frozen=True)
class Curve:
    """A line of a plot, values over rising steps, both (N,); a faint one is grey."""

    name: str
    steps: Sequence[float]
    values: Sequence[float]
    faint: bool = False


def plot_losses(metrics: Sequence[dict[str, Any]], path: Path, *, keep_mark: bool = True) -> None:
    """Draw both losses over the steps as a PNG, which says for machines that it is a plot."""
    steps = _downsampled([m["step"] for m in metrics], 240)
    curves = [
        Curve(name, steps, _downsampled([m[f"{name}_loss"] for m in metrics], 240))
        for name in ("discriminator", "generator")
    ]
    plot(curves, path, keep_mark=keep_mark)


def plot(curves: Sequence[Curve], path: Path, *, keep_mark: bool = True) -> None:
    """Draw curves over the steps as a PNG; a curve of few points has dots."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    curves = [
        replace(curve, steps=_drawable(curve.steps), values=_drawable(curve.values))
        for curve in curves
    ]
    axes = _axes_of(curves)
    axes.draw(pen)
    colors = iter((BLUE, RED, INK))
    for index, curve in enumerate(curves):
        color = GREY if curve.faint else next(colors)
        points = [axes.point(*pair) for pair in zip(curve.steps, curve.values, strict=True)]
        if len(points) > 1:
            pen.line(points, fill=color, width=2, joint="curve")
        for x, y in points if len(points) < 40 else ():
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=color)
        pen.text((LEFT + index * 150, 22), curve.name, fill=color, anchor="lm", font_size=16)
    write_marked_png(sheet, path, OF_NUMBERS if keep_mark else None)


def _drawable(values: Sequence[float]) -> list[float]:
    """Limit values, so that sums and differences of them stay finite."""
    return [max(-LARGEST, min(LARGEST, value)) for value in values]


@dataclass(frozen=True)
class _Axes:
    """The ranges that a plot shows, and their places on it."""

    first: float
    last: float
    low: float
    high: float

    def point(self, step: float, value: float) -> tuple[float, float]:
        """Return the place of a value in pixels."""
        x = LEFT + (RIGHT - LEFT) * (step - self.first) / ((self.last - self.first) or 1.0)
        return x, FLOOR - (FLOOR - TOP) * (value - self.low) / ((self.high - self.low) or 1.0)

    def draw(self, pen: ImageDraw.ImageDraw) -> None:
        """Draw five lines with their values, and the first and last step."""
        for tick in range(5):
            value = self.low + ((self.high - self.low) or 1.0) * tick / 4
            y = self.point(self.first, value)[1]
            pen.line([(LEFT, y), (RIGHT, y)], fill=FAINT)
            pen.text((LEFT - 8, y), f"{value:.3g}", fill=INK, anchor="rm", font_size=13)
        for x, step, side in ((LEFT, self.first, "l"), (RIGHT, self.last, "r")):
            text = f"step {step:.0f}"
            pen.text((x, FLOOR + 20), text, fill=INK, anchor=f"{side}m", font_size=13)


def _axes_of(curves: Sequence[Curve]) -> _Axes:
    values = [value for curve in curves for value in curve.values] or [0.0]
    steps = [step for curve in curves for step in curve.steps] or [1.0]
    return _Axes(min(steps), max(steps), min(values), max(values))
