"""Plots of losses and scores as PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from artgan.sheets.cells import write_png

INK, PAPER, FAINT = (40, 42, 54), (250, 250, 247), (214, 214, 208)

BLUE, RED, GREY = (38, 98, 176), (196, 62, 48), (150, 150, 146)


def _downsampled(values: Sequence[float], points: int) -> list[float]:
    """Return the means of about ``points`` pieces of equal length."""
    size = max(1, len(values) // points)
    pieces = [values[i : i + size] for i in range(0, len(values), size)]
    return [sum(piece) / len(piece) for piece in pieces]


@dataclass(frozen=True)
class Curve:
    """A line of a plot.

    Attributes:
        name: Its name in the legend.
        steps: Steps (N,), rising.
        values: Values (N,).
        faint: Whether it is drawn in grey, only for comparison.
    """

    name: str
    steps: Sequence[float]
    values: Sequence[float]
    faint: bool = False


def plot_losses(metrics: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw both losses over the steps as a PNG."""
    steps = _downsampled([m["step"] for m in metrics], 240)
    curves = [
        Curve(name, steps, _downsampled([m[f"{name}_loss"] for m in metrics], 240))
        for name in ("discriminator", "generator")
    ]
    plot(curves, path)


def plot(curves: Sequence[Curve], path: Path) -> None:
    """Draw curves over the steps as a PNG; a single point shows as a dot."""
    width, height, left, top, bottom = 960, 420, 70, 50, 50
    canvas = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(canvas)
    values = [value for curve in curves for value in curve.values] or [0.0]
    steps = [step for curve in curves for step in curve.steps] or [1.0]
    low, high = min(values), max(values)
    span, reach = (high - low) or 1.0, (max(steps) - min(steps)) or 1.0
    right, floor = width - 20, height - bottom

    def place(step: float, value: float) -> tuple[float, float]:
        x = left + (right - left) * (step - min(steps)) / reach
        return x, floor - (floor - top) * (value - low) / span

    for tick in range(5):
        value = low + span * tick / 4
        y = place(min(steps), value)[1]
        draw.line([(left, y), (right, y)], fill=FAINT)
        draw.text((left - 8, y), f"{value:.3g}", fill=INK, anchor="rm", font_size=13)
    colors = iter((BLUE, RED, INK))
    for index, curve in enumerate(curves):
        color = GREY if curve.faint else next(colors)
        points = [place(*point) for point in zip(curve.steps, curve.values, strict=True)]
        if len(points) > 1:
            draw.line(points, fill=color, width=2, joint="curve")
        for x, y in points if len(points) < 40 else ():
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=color)
        draw.text((left + index * 150, 22), curve.name, fill=color, anchor="lm", font_size=16)
    draw.text((left, floor + 20), f"step {min(steps):.0f}", fill=INK, anchor="lm", font_size=13)
    draw.text((right, floor + 20), f"step {max(steps):.0f}", fill=INK, anchor="rm", font_size=13)
    write_png(canvas, path)
