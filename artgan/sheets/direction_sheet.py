"""A sheet that shows what each direction does."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from artgan.base.paths import replacing
from artgan.core.images import Pixels, to_pil
from artgan.core.run import TrainedRun
from artgan.latents.directions import Directions
from artgan.latents.points import render_points, seed_points
from artgan.latents.steering import Shift, Steering

AMOUNTS = (-3, -2, -1, 0, 1, 2, 3)

CELL, GAP = 112, 6


def direction_sheet(
    run: TrainedRun,
    directions: Directions,
    path: Path,
    seeds: Sequence[int],
    label: int | None = None,
) -> None:
    """Write a sheet with a row for each direction and seed, from -3 to 3.

    Args:
        run: Whose pictures.
        directions: What to show.
        path: PNG file.
        seeds: Whose pictures are moved.
        label: Class of all pictures.
    """
    generator, weights = run.generator, run.config.label_weights
    points = list(seed_points(generator, seeds, weights, label))
    cells: list[Pixels] = []
    for place, name in enumerate(directions.names):
        shift = Shift(name, directions.vectors[place], directions.in_styles, 0)
        columns = []
        for amount in AMOUNTS:
            steering = Steering(shifts=(replace(shift, amount=amount),))
            columns.append([pixels for _, pixels in render_points(generator, points, steering)])
        cells += [column[row] for row in range(len(points)) for column in columns]
    titles = [name if not row else "" for name in directions.names for row in range(len(points))]
    with replacing(path) as temporary:
        _labelled(cells, titles).save(temporary, format="PNG")


def _labelled(cells: Sequence[Pixels], titles: Sequence[str]) -> Image.Image:
    """Lay cells out in rows of ``AMOUNTS``, a title before each and the amounts above."""
    height, width = cells[0].shape[:2]
    scale = max(1, round(CELL / max(height, width)))
    step_x, step_y = width * scale + GAP, height * scale + GAP
    left, top = 12 + max(12 * len(title) for title in titles), 40
    size = (left + step_x * len(AMOUNTS), top + step_y * len(titles))
    sheet = Image.new("RGB", size, (12, 12, 16))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(20)
    for column, amount in enumerate(AMOUNTS):
        middle = (left + column * step_x + width * scale // 2, top // 2)
        pen.text(middle, f"{amount:+g}" if amount else "0", (200, 200, 210), font, "mm")
    for row, title in enumerate(titles):
        y = top + row * step_y
        pen.text((12, y + height * scale // 2), title, (200, 200, 210), font, "lm")
        for column in range(len(AMOUNTS)):
            cell = to_pil(cells[row * len(AMOUNTS) + column]).convert("RGB")
            grown = cell.resize((width * scale, height * scale), Image.Resampling.NEAREST)
            sheet.paste(grown, (left + column * step_x, y))
    return sheet
