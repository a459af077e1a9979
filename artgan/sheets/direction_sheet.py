"""A sheet that shows what each latent direction changes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from artgan.base.grounds import on_ground
from artgan.base.marks import OF_A_MODEL, write_marked_png
from artgan.core.images import Pixels, to_pil
from artgan.core.run import TrainedRun
from artgan.latents.directions import Directions
from artgan.latents.points import seed_points
from artgan.latents.rendering import render_points
from artgan.latents.steering import Shift, Steering
from artgan.sheets.cells import Cells

AMOUNTS = (-3, -2, -1, 0, 1, 2, 3)

CELL, GAP = 112, 6

GROUND, TEXT = (12, 12, 16), (200, 200, 210)


def direction_sheet(
    run: TrainedRun,
    directions: Directions,
    path: Path,
    seeds: Sequence[int],
    label: int | None = None,
    *,
    keep_mark: bool = True,
) -> None:
    """Write a PNG sheet with a row for each direction and seed, moved by -3 to 3.

    The mark says for machines that a trained model made it.
    """
    points = list(seed_points(run, seeds, label))
    cells: list[Pixels] = []
    for place, name in enumerate(directions.names):
        shift = Shift(name, directions.vectors[place], directions.in_styles, 0)
        columns = []
        for amount in AMOUNTS:
            steering = Steering(shifts=(replace(shift, amount=amount),))
            columns.append([drawn.pixels for drawn in render_points(run, points, steering)])
        cells += [column[row] for row in range(len(points)) for column in columns]
    titles = [name if not row else "" for name in directions.names for row in range(len(points))]
    mark = OF_A_MODEL if keep_mark else None
    write_marked_png(_titled_rows(cells, titles, run.config.ground), path, mark)


def _titled_rows(pictures: Sequence[Pixels], titles: Sequence[str], ground: str) -> Image.Image:
    """Lay pictures (H, W, C) out in rows of ``AMOUNTS``, a title left of each row."""
    height, width = pictures[0].shape[:2]
    scale = max(1, round(CELL / max(height, width)))
    wide, high = width * scale, height * scale
    left, top = 12 + max(12 * len(title) for title in titles), 40
    cells = Cells((wide, high), len(AMOUNTS), (GAP, GAP), (left, top))
    sheet = Image.new("RGB", cells.sheet_size(len(pictures), (GAP, GAP)), GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(20)
    for column, amount in enumerate(AMOUNTS):
        middle = (cells.corner(column)[0] + wide // 2, top // 2)
        pen.text(middle, f"{amount:+g}" if amount else "0", TEXT, font, "mm")
    for row, title in enumerate(titles):
        middle = (12, cells.corner(row * len(AMOUNTS))[1] + high // 2)
        pen.text(middle, title, TEXT, font, "lm")
    for index, pixels in enumerate(pictures):
        grown = to_pil(pixels).resize((wide, high), Image.Resampling.NEAREST)
        sheet.paste(on_ground(grown, ground), cells.corner(index))
    return sheet
