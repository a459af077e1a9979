"""Evaluate a run: compare its samples with the real pictures, and look for copies."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from artgan.base.device import pick_device
from artgan.base.paths import write_text
from artgan.base.premultiply import premultiply
from artgan.base.seeding import key
from artgan.base.suggest import count_of
from artgan.base.tables import read_json
from artgan.core.checkpoint import Checkpoint, list_checkpoints
from artgan.core.data import ImageTable
from artgan.core.images import Pixels
from artgan.core.run import TrainedRun
from artgan.core.sample import sample_pixels
from artgan.datasets.find import open_again
from artgan.errors import DataError, OptionError, RunError
from artgan.evaluation.features import Extract, Tick, features_of, parse_extractor
from artgan.evaluation.metrics import Evaluation, nearest, score
from artgan.evaluation.report import plot_scores, save_pairs
from artgan.latents.points import seed_points
from artgan.latents.rendering import check_steering, draw_points, render_points
from artgan.latents.steering import Steering
from artgan.monitoring.judge import find_judge

FEWEST = 8
"""Pictures that scores need at least."""

FILE = "evaluation.json"

MOST = 1024
"""Pictures of each side that further metrics get."""


def checkpoints_of(run: TrainedRun, every: bool) -> list[Checkpoint]:
    """List the checkpoints to evaluate: all that are kept, or the one that samples come from."""
    return list_checkpoints(run.folder.checkpoints) if every else [run.checkpoint]


def evaluate(
    run: TrainedRun,
    *,
    count: int = 2000,
    extractor: str | None = None,
    every: bool = False,
    keep_mark: bool = True,
    steering: Steering = Steering(),
    tick: Tick = lambda _: None,
) -> list[Evaluation]:
    """Evaluate a run; write evaluation.json, evaluation.png and nearest.png into its folder.

    Of samples that are steered, only evaluation.json is written.

    It makes ``count`` samples and takes at most as many real pictures. The extractor may have
    options, as in "vision:model=./dinov2"; None takes the best that is installed. ``every`` kept
    checkpoint gets its scores, oldest first, or the best alone; ``keep_mark`` tells whether the
    PNGs say for machines how they came about; ``tick`` is called with the number of pictures of
    each batch.
    """
    if count < FEWEST:
        raise OptionError(f"count {count} does not fit; expected at least {FEWEST} samples")
    check_steering(run, steering)
    sampling = _sampling(steering)
    entry, options, label = parse_extractor(run.registry, extractor)
    device = pick_device(None)
    extract: Extract = entry.call("build", options, device)
    table = open_again(run.config, run.registry, run.folder)
    chosen = _choose_real(table, count, run.config.seed)
    real = features_of(extract, (table.images[i] for i in chosen), entry, device, tick)
    halves = score(real[::2], real[1::2])
    found = []
    for checkpoint in checkpoints_of(run, every):
        samples = _samples(replace(run, chosen=checkpoint), count, steering)
        fake = features_of(extract, samples, entry, device, tick)
        sizes, scores = (len(real), len(fake)), score(real, fake)
        found.append(Evaluation(checkpoint.step, label, *sizes, scores, halves, sampling=sampling))
        if checkpoint.step == run.checkpoint.step and not sampling:
            places, distances = nearest(real, fake)
            real_ones = table.images[chosen[places]]
            file = run.path / "nearest.png"
            ground = run.config.ground
            save_pairs(samples, real_ones, distances, file, ground=ground, keep_mark=keep_mark)
    kept = _write(run.path, found)
    own = [one for one in kept if one.extractor == label and not one.sampling]
    if not sampling:
        plot_scores(own, run.path / "evaluation.png", keep_mark)
    return found


def add_metrics(
    run: TrainedRun,
    found: Sequence[Evaluation],
    names: Sequence[str],
    count: int,
    steering: Steering = Steering(),
) -> list[Evaluation]:
    """Add metrics to evaluations of a run, and write them into evaluation.json.

    Each is named, or "name:option=value", and gets the first ``count`` pictures of each side that
    ``evaluate`` compares, 1024 at most.
    """
    judges = [find_judge(name, run.registry) for name in names]
    if not judges:
        return list(found)
    table = open_again(run.config, run.registry, run.folder)
    chosen = _choose_real(table, min(count, MOST), run.config.seed)
    real = _as_images([table.images[i] for i in chosen], run.config.premultiplied)
    checkpoints = {one.step: one for one in list_checkpoints(run.folder.checkpoints)}
    measured = []
    for one in found:
        chosen_run = replace(run, chosen=checkpoints[one.step])
        fake = _as_images(_samples(chosen_run, len(real), steering), run.config.premultiplied)
        more = {judge.name: judge.measure(real, fake) for judge in judges}
        measured.append(replace(one, more=more))
    _write(run.path, measured)
    return measured


def _as_images(pixels: Sequence[Pixels], premultiplied: bool) -> torch.Tensor:
    """Convert pixels (H, W, C) to images (N, C, H, W) in [-1, 1], as training has them."""
    images = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return premultiply(images) if premultiplied else images


def _choose_real(table: ImageTable, count: int, seed: int) -> NDArray[np.int64]:
    """Choose at most ``count`` pictures; return their rising indices."""
    # Of a large set, some are at hand.
    here = len(table.images)
    if here < FEWEST:
        raise DataError(f"{count_of(here, 'picture')} to compare with: too few; expected {FEWEST}")
    rng = np.random.Generator(np.random.PCG64(key(seed, "evaluate")))
    return np.sort(rng.permutation(here)[:count])


def _samples(run: TrainedRun, count: int, steering: Steering) -> list[Pixels]:
    if not _sampling(steering):
        made = sample_pixels(run.generator, range(count), run.config.label_weights)
        return [pixels for _, pixels in made]
    points = draw_points(run, list(seed_points(run, range(count))), steering.draw)
    return [drawn.pixels for drawn in render_points(run, points, steering)]


def _sampling(steering: Steering) -> str:
    """Say in short how samples are steered, or "" if they are not."""
    drawn = [steering.draw.suffix] if steering.draw else []
    return "-".join(filter(None, [*drawn, steering.suffix.removeprefix("-")]))


def read_evaluation(path: Path) -> list[Evaluation]:
    """Read the earlier evaluations in the folder of a run; empty if there are none."""
    file = path / FILE
    if not file.exists():
        return []
    try:
        found = read_json(file, list[Evaluation], RunError, "evaluation")
    except RunError as error:
        raise RunError(f"{error}; delete it and evaluate again") from error
    scores = [asdict(scores) for one in found for scores in (one.scores, one.halves)]
    scores += [one.more for one in found]
    if not all(math.isfinite(score) for each in scores for score in each.values()):
        raise RunError(f"'{file}' holds a score that is no number; delete it and evaluate again")
    return found


def _write(path: Path, found: list[Evaluation]) -> list[Evaluation]:
    """Write evaluation.json; new scores replace those of the same step, extractor and steering.

    Returns all that it holds now.
    """
    merged = {
        (one.extractor, one.sampling, one.step): one for one in (*read_evaluation(path), *found)
    }
    kept = [merged[place] for place in sorted(merged)]
    plain = [{k: v for k, v in asdict(one).items() if k != "sampling" or v} for one in kept]
    write_text(path / FILE, json.dumps(plain, indent=1) + "\n")
    return kept
