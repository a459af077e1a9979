"""Judges a run: its samples against the real pictures, and whether it copied them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from artgan.base.device import pick_device
from artgan.base.paths import replacing, write_text
from artgan.base.seeding import key
from artgan.core.checkpoint import Checkpoint, list_checkpoints
from artgan.core.data import ImageTable
from artgan.core.datasets import open_again
from artgan.core.images import Pixels, enlarge, to_pil
from artgan.core.run import TrainedRun
from artgan.core.sample import sample_pixels
from artgan.errors import DataError, OptionError, RunError
from artgan.evaluation.features import Extract, Tick, features_of, parse_extractor
from artgan.evaluation.metrics import Features, Scores, nearest, score
from artgan.sheets.plots import Curve, plot

SHOWN_PAIRS = 24

CELL = 96

FILE = "evaluation.json"


@dataclass(frozen=True)
class Judged:
    """What one checkpoint is worth.

    Attributes:
        step: Its step.
        extractor: Whose features were compared; values of different ones cannot be.
        real_count: Real pictures that took part.
        fake_count: Samples that took part.
        scores: Samples against real pictures.
        halves: One half of the real pictures against the other: what perfect samples would get.
    """

    step: int
    extractor: str
    real_count: int
    fake_count: int
    scores: Scores
    halves: Scores


def checkpoints_of(run: TrainedRun, every: bool) -> list[Checkpoint]:
    """Give the checkpoints to judge: all that are kept, or the one that samples come from."""
    return list_checkpoints(run.folder.checkpoints) if every else [run.checkpoint]


def evaluate(
    run: TrainedRun,
    *,
    count: int = 2000,
    extractor: str | None = None,
    every: bool = False,
    tick: Tick = lambda _: None,
) -> list[Judged]:
    """Judge a run and write evaluation.json, evaluation.png and nearest.png into its folder.

    Args:
        run: A trained run whose pictures are still there.
        count: Samples to make, and real pictures to take at most.
        extractor: Whose features to compare, perhaps with options, as in
            "vision:model=./dinov2"; None takes the best that is installed.
        every: Judge every kept checkpoint, not only the best.
        tick: Called with the number of pictures looked at.

    Returns:
        What each checkpoint is worth, oldest first.

    Raises:
        DataError: There are too few pictures.
        MissingExtraError: The extractor's packages are not installed.
    """
    if count < 8:
        raise OptionError(f"count {count} does not fit; expected at least 8 samples")
    entry, options, label = parse_extractor(run.registry, extractor)
    device = pick_device(None)
    extract: Extract = entry.call("build", options, device)
    table = open_again(run.config, run.registry, run.folder)
    chosen = _choose(table, count, run.config.seed)
    real = features_of(extract, (table.images[i] for i in chosen), entry, device, tick)
    halves = score(real[::2], real[1::2])
    found = []
    for checkpoint in checkpoints_of(run, every):
        made = list(_samples(replace(run, chosen=checkpoint), count))
        fake = features_of(extract, made, entry, device, tick)
        scores = score(real, fake)
        found.append(Judged(checkpoint.step, label, len(real), len(fake), scores, halves))
        if checkpoint.step == run.checkpoint.step:
            where, away = nearest(real, fake)
            save_pairs(run.path / "nearest.png", made, table.images[chosen[where]], away)
    kept = merge(read_evaluation(run.path), found)
    write_text(run.path / FILE, json.dumps([asdict(one) for one in kept], indent=1) + "\n")
    plot_evaluation(kept, label, run.path / "evaluation.png")
    return found


def _choose(table: ImageTable, count: int, seed: int) -> NDArray[np.int64]:
    if table.count < 8:
        raise DataError(f"{table.count} pictures are too few to compare with; expected 8 or more")
    rng = np.random.Generator(np.random.PCG64(key(seed, "evaluate")))
    return np.sort(rng.permutation(table.count)[:count])


def _samples(run: TrainedRun, count: int) -> Iterator[Pixels]:
    made = sample_pixels(run.generator, range(count), run.config.label_weights)
    return (pixels for _, pixels in made)


def read_evaluation(path: Path) -> list[Judged]:
    """Read what earlier evaluations of a run found; nothing if there were none.

    Raises:
        RunError: The file is damaged.
    """
    file = path / FILE
    if not file.exists():
        return []
    try:
        return [
            Judged(**{**row, "scores": Scores(**row["scores"]), "halves": Scores(**row["halves"])})
            for row in json.loads(file.read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"'{file}' is damaged ({error}); delete it and evaluate again") from error


def merge(old: list[Judged], new: list[Judged]) -> list[Judged]:
    """Put new results in place of old ones of the same step and extractor."""
    found = {(one.extractor, one.step): one for one in (*old, *new)}
    return [found[place] for place in sorted(found)]


def plot_evaluation(judged: list[Judged], extractor: str, path: Path) -> None:
    """Draw KID, precision and recall over the steps that were judged."""
    rows = [one for one in judged if one.extractor == extractor]
    steps = [float(one.step) for one in rows]
    plot(
        [
            Curve("KID", steps, [one.scores.kid for one in rows]),
            Curve("KID of two halves", steps, [one.halves.kid for one in rows], faint=True),
        ],
        path,
    )


def save_pairs(path: Path, made: list[Pixels], nearest_real: Pixels, away: Features) -> None:
    """Write a sheet of the samples nearest to a training picture, each beside that picture."""
    order = np.argsort(away)[:SHOWN_PAIRS]
    columns, pair, line = 4, 2 * CELL + 16, CELL + 28
    rows = -(-len(order) // columns)
    sheet = Image.new("RGB", (columns * pair + 16, rows * line + 40), (16, 16, 20))
    draw = ImageDraw.Draw(sheet)
    text = "Each sample (left) beside the training picture nearest to it, nearest first"
    draw.text((16, 10), text, fill=(225, 222, 214), font_size=15)
    for place, index in enumerate(order):
        row, column = divmod(place, columns)
        left, top = 16 + column * pair, 40 + row * line
        for side, pixels in enumerate((made[index], nearest_real[index])):
            cell = to_pil(enlarge(pixels, CELL)).convert("RGB")
            cell.thumbnail((CELL, CELL))
            sheet.paste(cell, (left + side * CELL, top))
        label = f"seed {index}, distance {away[index]:.2f}"
        draw.text((left, top + CELL + 3), label, fill=(150, 147, 140), font_size=11)
    with replacing(path) as temporary:
        sheet.save(temporary, format="PNG")
