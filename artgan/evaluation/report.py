"""Pictures of an evaluation: scores over the steps, and samples beside the nearest real picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from artgan.base.grounds import CHEQUERED, on_ground
from artgan.base.marks import OF_A_MODEL, join_marks, write_marked_png
from artgan.core.images import Pixels, enlarge, to_pil
from artgan.evaluation.metrics import Evaluation, Features
from artgan.sheets.cells import Cells
from artgan.sheets.plots import Curve, plot

SHOWN_PAIRS = 24

CELL = 96


def plot_scores(evaluations: Sequence[Evaluation], path: Path, keep_mark: bool) -> None:
    """Plot KID over the steps as PNG, beside that of the two halves of the real pictures."""
    steps = [float(one.step) for one in evaluations]
    own = Curve("KID", steps, [one.scores.kid for one in evaluations])
    best = [one.halves.kid for one in evaluations]
    plot([own, Curve("KID of two halves", steps, best, faint=True)], path, keep_mark=keep_mark)


def save_pairs(
    samples: Sequence[Pixels],
    nearest_real: Pixels,
    distances: Features,
    path: Path,
    *,
    ground: str = CHEQUERED,
    keep_mark: bool = True,
) -> None:
    """Write a PNG of the samples nearest to a real picture, each beside that picture.

    Samples are pixels (H, W, C), those nearest to them (N, H, W, C), distances (N,). Clear pixels
    show the ground.
    """
    order = np.argsort(distances)[:SHOWN_PAIRS]
    cells = Cells((2 * CELL, CELL), 4, (16, 28), (16, 40))
    sheet = Image.new("RGB", cells.sheet_size(len(order), (16, 28)), (16, 16, 20))
    draw = ImageDraw.Draw(sheet)
    text = "Each sample (left) beside the training picture nearest to it, nearest first"
    draw.text((16, 10), text, fill=(225, 222, 214), font_size=15)
    for place, seed in enumerate(order):
        left, top = cells.corner(place)
        for side, pixels in enumerate((samples[seed], nearest_real[seed])):
            picture = on_ground(to_pil(enlarge(pixels, CELL)), ground)
            picture.thumbnail((CELL, CELL))
            sheet.paste(picture, (left + side * CELL, top))
        label = f"seed {seed}, distance {distances[seed]:.2f}"
        draw.text((left, top + CELL + 3), label, fill=(150, 147, 140), font_size=11)
    write_marked_png(sheet, path, join_marks([OF_A_MODEL, None]) if keep_mark else None)
