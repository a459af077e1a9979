"""Choose pictures by a measure: by variety, or by the discriminator's taste."""

import json
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import RunError
from artgan.evaluation.features import choose_extractor, features_of
from artgan.pictures.files import open_image, read_record
from artgan.sampling.samples import SampleRequest, make_samples, recorded_point

FEATURE_SIDE = 256


def pick_by_variety(
    pictures: Sequence[Path],
    count: int,
    registry: Registry,
    show: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Choose pictures that differ as much as possible.

    The first is the one nearest to the mean; each next is the farthest from those chosen (Gonzalez
    1985, "Clustering to minimize the maximum intercluster distance"), by the features that
    ``artgan evaluate`` compares. ``show`` is called with the number of pictures read.
    """
    points = _features(pictures, registry, show)
    chosen = [int(((points - points.mean(0)) ** 2).sum(1).argmin())]
    away = ((points - points[chosen[0]]) ** 2).sum(1)
    # Each picture is chosen once, even if all are alike.
    away[chosen] = -1
    while len(chosen) < min(count, len(pictures)):
        farthest = int(away.argmax())
        chosen.append(farthest)
        away = np.minimum(away, ((points - points[farthest]) ** 2).sum(1))
        away[chosen] = -1
    return [pictures[index] for index in chosen]


def _features(
    pictures: Sequence[Path], registry: Registry, show: Callable[[int], None]
) -> NDArray[np.float64]:
    def pixels(number: int, path: Path) -> NDArray[np.uint8]:
        small = open_image(path).convert("RGB")
        show(number)
        return np.asarray(small.resize((FEATURE_SIDE, FEATURE_SIDE), Image.Resampling.BOX))

    entry = choose_extractor(registry)
    options = build_options(entry.declaration.options, {}, entry.where)
    extract = entry.call("build", options, "cpu")
    opened = (pixels(number, path) for number, path in enumerate(pictures, 1))
    return features_of(extract, opened, entry, "cpu")


def pick_by_taste(
    pictures: Sequence[Path],
    count: int,
    run: TrainedRun,
    show: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Choose the pictures with the highest logits of the run's discriminator.

    It sees the raw pictures, made again from their records: before any style, but with their
    truncation, moves and mixing. ``show`` is called with the number of pictures seen.

    Raises:
        RunError: A picture is not a single picture of this run.
    """
    logits: list[float] = []
    made = [recorded_point(run, _own_record(path, run)) for path in pictures]
    for _, group in groupby(made, key=lambda one: json.dumps(one[1].about)):
        together = list(group)
        points, steering = [point for point, _ in together], together[0][1]
        samples = make_samples(run, SampleRequest(points, steering=steering))
        for point, sample in zip(points, samples, strict=True):
            logits.append(discriminator_logit(run, sample.raw, point.label))
            show(len(logits))
    best = sorted(range(len(pictures)), key=lambda index: (-logits[index], index))
    return [pictures[index] for index in best[:count]]


def _own_record(path: Path, run: TrainedRun) -> dict[str, Any]:
    record = read_record(path) or {}
    single = "seed" in record and not {"animation", "canvas"} & set(record)
    if not single or record.get("weights_sha256") != run.checkpoint.sha256:
        raise RunError(
            f"'{path}' was not made by run '{run.path}' as it is now; its discriminator can "
            "only judge its own pictures"
        )
    return record


def discriminator_logit(run: TrainedRun, pixels: NDArray[np.uint8], label: int | None) -> float:
    """Return what the discriminator says of raw pixels (H, W, C); higher is more real."""
    device = next(run.discriminator.parameters()).device
    labels = None if label is None else torch.tensor([label], device=device)
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        return float(run.discriminator(image.to(device), labels)[0])
