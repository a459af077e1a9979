"""Make the editions of a series: render, replace near-duplicates, style, save.

``refusing`` does the same for a series that refuses more.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from PIL import Image

from artgan.core.images import Pixels
from artgan.core.run import TrainedRun
from artgan.errors import ArtganError, RunError
from artgan.latents.directions import resolve_steering
from artgan.pictures.files import from_pixels, save_png, to_pil
from artgan.pictures.marks import Metadata
from artgan.pictures.records import record_hash
from artgan.plugin.picture import FloatArray
from artgan.sampling.naming import fill_pattern
from artgan.sampling.samples import SampleRequest, find_points, make_samples
from artgan.series.definition import IN_PICTURES, MOST_ATTEMPTS, Edition, SeriesDefinition
from artgan.series.fingerprints import Fingerprint, Fingerprints, difference_hash, fingerprint
from artgan.series.measured import Measure, measure_picture
from artgan.series.traits import EditionSettings, edition_settings
from artgan.styling.apply import apply_style
from artgan.styling.labels import style_label

BATCH = 32
"""Editions rendered together at most."""


@dataclass(frozen=True)
class RefusedSeed:
    """An attempt at a number whose picture was refused, and why."""

    attempt: int
    seed: int
    reason: str


@dataclass(frozen=True)
class FinishedEdition:
    """An edition with its style: picture and record, or the error of the style.

    ``refused`` lists the seeds that were tried before.
    """

    raw: "RawEdition"
    picture: Image.Image | None
    record: Mapping[str, Any]
    error: str = ""
    refused: tuple[RefusedSeed, ...] = ()


@dataclass(frozen=True)
class RawEdition:
    """An edition before its style: pixels (H, W, C) and planes as the generator made them."""

    edition: Edition
    settings: EditionSettings
    pixels: Pixels
    record: Mapping[str, Any]
    fingerprint: Fingerprint
    planes: Mapping[str, FloatArray] = field(default_factory=dict)


def finish_numbers(
    series: SeriesDefinition, run: TrainedRun, numbers: Sequence[int], earlier: Fingerprints
) -> Iterator[FinishedEdition]:
    """Make rising numbers of a series that refuses nothing but near-duplicates.

    ``earlier`` holds the fingerprints of the numbers made before; those made now are added.
    """
    for raw in render_numbers(series, run, numbers, earlier):
        yield finish_edition(series, run, raw)


def finish_edition(series: SeriesDefinition, run: TrainedRun, raw: RawEdition) -> FinishedEdition:
    """Style an edition; an error of the style is told in place of a picture."""
    try:
        return FinishedEdition(raw, *style_edition(series, run, raw))
    except ArtganError as error:
        return FinishedEdition(raw, None, {}, str(error))


def render_numbers(
    series: SeriesDefinition, run: TrainedRun, numbers: Sequence[int], earlier: Fingerprints
) -> Iterator[RawEdition]:
    """Render rising numbers of a series; those that look like a lower number are drawn again.

    ``earlier`` holds the fingerprints of the numbers made before; those made now are added.
    """

    def is_duplicate(raw: RawEdition) -> bool:
        distance = series.distance
        return distance > 0 and earlier.nearest(raw.edition.number, raw.fingerprint) < distance

    def redrawn(number: int) -> RawEdition:
        # Attempts differ by their seed alone, so one batch makes them all. The last one is kept
        # even if it is a duplicate.
        attempts = [series.edition(number, attempt) for attempt in range(1, MOST_ATTEMPTS)]
        for raw in render_editions(series, run, attempts):
            if not is_duplicate(raw):
                break
        return raw

    for start in range(0, len(numbers), BATCH):
        editions = [series.edition(number) for number in numbers[start : start + BATCH]]
        for raw in render_editions(series, run, editions):
            kept = redrawn(raw.edition.number) if is_duplicate(raw) else raw
            earlier.add(kept.edition.number, kept.fingerprint)
            yield kept


def render_editions(
    series: SeriesDefinition, run: TrainedRun, editions: Sequence[Edition]
) -> Iterator[RawEdition]:
    """Render raw pictures; neighbours with the same steering go through the generator together."""
    pairs = [(edition, edition_settings(series, run, edition)) for edition in editions]
    for options, group in groupby(pairs, key=lambda pair: pair[1].steering):
        together = list(group)
        points = [find_points(run, [one.seed], label=its.label)[0] for one, its in together]
        request = SampleRequest(points, steering=resolve_steering(run, options))
        samples = make_samples(run, request)
        for (edition, settings), sample in zip(together, samples, strict=True):
            label = {} if settings.label is None else {"label": settings.label}
            record = {**sample.raw_record, **label}
            alike = fingerprint(sample.raw)
            yield RawEdition(edition, settings, sample.raw, record, alike, sample.raw_planes)


def style_edition(
    series: SeriesDefinition, run: TrainedRun, raw: RawEdition
) -> tuple[Image.Image, dict[str, Any]]:
    """Return the finished picture of an edition, and its record."""
    edition = raw.edition
    styled = apply_style(
        raw.settings.chain,
        from_pixels(raw.pixels, run.wraps, raw.planes),
        registry=run.registry,
        seed=edition.seed,
        # Filters must not see how long the series is: a longer one keeps its first pictures.
        place=(edition.number - 1, 0),
    )
    about = {"name": series.name, "number": edition.number, "traits": dict(edition.traits)}
    if series.refused:
        about["attempt"] = edition.attempt
    rights = {word: series.about[word] for word in IN_PICTURES if word in series.about}
    record = {**raw.record, "style": styled.record, "series": about, **rights}
    return to_pil(styled.picture), record


def save_edition(
    series: SeriesDefinition,
    folder: Path,
    edition: FinishedEdition,
    about: Metadata,
    measures: Sequence[Measure] = (),
) -> dict[str, Any]:
    """Save an edition as PNG, and return its line of the journal, or "number" and "error".

    ``measures`` are measured of the picture, for the line. A disk that is full raises: it will not
    take the next ones either.
    """
    picture, raw, record = edition.picture, edition.raw, about.record or {}
    number, seed = raw.edition.number, raw.edition.seed
    refused = [vars(each) for each in edition.refused]
    if picture is None:
        return {"number": number, "error": edition.error, "refused": refused}
    facts = {
        "series": series.name,
        "number": number,
        "seed": seed,
        "style": style_label(record["style"]["name"]),
        "arch": record["architecture"],
        "step": record["step"],
        "hash": record_hash(record)[:8],
    }
    name = f"{fill_pattern(series.file_name, facts)}.png"
    path = folder / name
    try:
        save_png(picture, path, about)
    except RunError as error:
        if isinstance(error.__cause__, OSError):
            raise
        return {"number": number, "error": str(error)}
    return {
        "number": number,
        "seed": seed,
        "attempt": raw.edition.attempt,
        "traits": dict(raw.edition.traits),
        **({"refused": refused} if refused else {}),
        **({"measured": measure_picture(measures, picture)} if measures else {}),
        "file": name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "record_sha256": record_hash(record),
        "perceptual_hash": difference_hash(picture),
        "print": raw.fingerprint.tobytes().hex(),
    }
