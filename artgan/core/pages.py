"""What a run shows of itself: contact sheet, loss curves, one self-contained page."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from PIL import Image, ImageDraw

from artgan.core.config import RunConfig
from artgan.core.paths import replacing, write_text
from artgan.core.run_folder import RunFolder
from artgan.core.sheets import Grid, lay_out

CELL = 256
DARK = "0c0c10"
INK, PAPER, FAINT = (40, 42, 54), (250, 250, 247), (214, 214, 208)
BLUE, RED, GREY = (38, 98, 176), (196, 62, 48), (150, 150, 146)


def contact_sheet(files: Sequence[Path], path: Path, columns: int = 0, gap: int = 8) -> None:
    """Lay pictures out on one dark sheet, each scaled into a cell of 256 pixels.

    Args:
        files: PNG files.
        path: Where to.
        columns: How many side by side; 0 takes about as many as rows.
        gap: Pixels between cells.
    """
    if not files:
        return
    grid = Grid(cell=(CELL, CELL), columns=columns, gap=gap, background=DARK)
    sheet, _ = lay_out(files, grid)
    with replacing(path) as temporary:
        sheet.save(temporary, format="PNG")


def _smooth(values: Sequence[float], points: int) -> list[float]:
    """Give the means of about ``points`` equal stretches."""
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
        faint: Whether it is only there to compare with.
    """

    name: str
    steps: Sequence[float]
    values: Sequence[float]
    faint: bool = False


def plot_losses(metrics: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw both losses over the steps as a PNG."""
    steps = _smooth([m["step"] for m in metrics], 240)
    curves = [
        Curve(name, steps, _smooth([m[f"{name}_loss"] for m in metrics], 240))
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
    with replacing(path) as temporary:
        canvas.save(temporary, format="PNG")


def _inline(path: Path) -> str:
    kind = path.suffix.lstrip(".")
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _figure(path: Path, caption: str) -> str:
    if not path.exists():
        return ""
    text = html.escape(caption)
    return (
        f'<figure><img src="{_inline(path)}" alt="{text}"><figcaption>{text}</figcaption></figure>'
    )


PAGE = Template("""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title>
<style>
body{margin:0 auto;max-width:72rem;padding:2rem 1rem;background:#101014;color:#e8e6e1;
font:16px/1.5 system-ui,sans-serif}
h1{font-weight:600;margin:0 0 .5rem}h2{font-weight:500;margin:2.5rem 0 1rem;color:#b9b6ae}
.samples{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}
img{width:100%;border-radius:4px;display:block;image-rendering:auto}
.samples img{aspect-ratio:1;object-fit:contain;background:#08080a}
figure{margin:0}figcaption{font-size:.8rem;color:#8d8a83;padding:.2rem 0}
.wide{max-width:44rem}table{border-collapse:collapse}td{padding:.15rem 1.2rem .15rem 0;
vertical-align:top}td:first-child{color:#8d8a83}code{background:#1d1d24;padding:.1rem .3rem}
</style>
<h1>$title</h1>
<p>$summary</p>
<h2>Samples</h2><div class="samples">$samples</div>
<h2>How it learned</h2><div class="wide">$training</div>
<h2>Losses</h2><div class="wide">$losses</div>
<h2>What made it</h2><table>$facts</table>
<p>Make more: <code>artgan sample $name --seeds 100-115 --style $style</code></p>
</html>
""")


def write_page(folder: RunFolder, config: RunConfig, files: Sequence[Path], step: int) -> None:
    """Write index.html: samples, training and curves in one file that needs nothing else."""
    facts = {
        "architecture": config.architecture.name,
        "pictures": f"{config.dataset.name} {config.path}".strip(),
        "size": f"{config.width} x {config.height}, {config.channels} channels",
        "loss": config.loss.name,
        "steps": f"{step} of batch {config.training.batch}",
        "seed": config.seed,
        "style": config.style,
    }
    rows = "".join(
        f"<tr><td>{html.escape(k)}</td><td>{html.escape(str(v))}</td></tr>"
        for k, v in facts.items()
    )
    pictures = "".join(_figure(file, f"seed {int(file.name[1:6])}") for file in files)
    name = html.escape(folder.path.name)
    page = PAGE.substitute(
        title=name,
        name=html.escape(str(folder.path)),
        summary=f"{len(files)} pictures by a generator trained for {step} steps.",
        samples=pictures,
        training=_figure(folder.path / "training.webp", "The same seeds from first step to last"),
        losses=_figure(folder.path / "losses.png", "Losses by step, smoothed"),
        facts=rows,
        style=html.escape(config.style if isinstance(config.style, str) else "none"),
    )
    write_text(folder.path / "index.html", page)
