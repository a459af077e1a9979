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
from torch.nn.functional import interpolate

from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import RunError
from artgan.evaluation.features import choose_extractor, features_of
from artgan.pictures.blank import is_blank
from artgan.pictures.files import open_image, read_record
from artgan.sampling.samples import SampleRequest, make_samples, recorded_point

FEATURE_SIDE = 256


def pick_by_variety(
    pictures: Sequence[Path],
    count: int,
    registry: Registry,
    show: Callable[[int], None] = lambda _: None,
    beside: Sequence[Path] = (),
    note: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Choose pictures that differ as much as possible, and from those of ``beside``.

    The first is the one nearest to the mean, unless there are some beside; each next is the
    farthest from those chosen (Gonzalez 1985, "Clustering to minimize the maximum intercluster
    distance"), by the features that ``artgan evaluate`` compares. Blank pictures, which are
    unlike all others, are left out if there are others. ``show`` is called with the number of
    pictures read, ``note`` with what is left out.
    """
    points, blank = _features([*pictures, *beside], registry, show)
    if blank[: len(pictures)].all():
        # There is nothing better to choose.
        blank[:] = False
    offered = [index for index in range(len(pictures)) if not blank[index]]
    for picture, empty in zip(pictures, blank, strict=False):
        if empty:
            note(f"left out: '{picture}' shows nothing")
    chosen = list(range(len(pictures), len(points)))
    if not chosen and offered:
        middle = points[offered].mean(0)
        chosen = [offered[int(((points[offered] - middle) ** 2).sum(1).argmin())]]
    away = np.full(len(points), np.inf)
    for one in chosen:
        away = np.minimum(away, ((points - points[one]) ** 2).sum(1))
    # Each picture is chosen once, even if all are alike.
    away[[*chosen, *np.flatnonzero(blank)]] = -1
    while len(chosen) < min(count, len(offered)) + len(beside):
        farthest = int(away.argmax())
        chosen.append(farthest)
        away = np.minimum(away, ((points - points[farthest]) ** 2).sum(1))
        away[farthest] = -1
    return [pictures[index] for index in chosen if index < len(pictures)]


def _features(
    pictures: Sequence[Path], registry: Registry, show: Callable[[int], None]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read pictures; return what they look like, (N, D), and which of them are blank."""
    blank = np.zeros(len(pictures), bool)

    def pixels(number: int, path: Path) -> NDArray[np.uint8]:
        image = open_image(path)
        blank[number - 1] = is_blank(np.atleast_3d(np.asarray(image)))
        show(number)
        small = image.convert("RGB").resize((FEATURE_SIDE, FEATURE_SIDE), Image.Resampling.BOX)
        return np.asarray(small)

    entry = choose_extractor(registry)
    options = build_options(entry.declaration.options, {}, entry.where)
    extract = entry.call("build", options, "cpu")
    opened = (pixels(number, path) for number, path in enumerate(pictures, 1))
    return features_of(extract, opened, entry, "cpu"), blank


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
    trained = run.config.height, run.config.width
    if image.shape[2:] != trained:
        image = interpolate(image, trained, mode="bilinear", antialias=True)
    with torch.no_grad():
        return float(run.discriminator(image.to(device), labels)[0])
