"""Make the editions of a series that refuses blanks, near-duplicates and failures.

A number whose picture is refused takes its next seed; traits stay. What was refused, and why,
stands in the journal; how many attempts it took, in the record of the picture, which so can be made
again.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from artgan.base.suggest import count_of
from artgan.core.run import TrainedRun
from artgan.pictures.blank import is_blank
from artgan.series.definition import MOST_ATTEMPTS, SeriesDefinition
from artgan.series.editions import (
    BATCH,
    FinishedEdition,
    RawEdition,
    RefusedSeed,
    finish_edition,
    render_editions,
)
from artgan.series.fingerprints import Fingerprints

BLANK = "blank: the generator drew nothing that could be seen"
FADED = "blank: nothing can be seen after its style"


def finish_strictly(
    series: SeriesDefinition, run: TrainedRun, numbers: Sequence[int], earlier: Fingerprints
) -> Iterator[FinishedEdition]:
    """Make rising numbers of a series, each with the first seed that is not refused.

    ``earlier`` holds the fingerprints of the numbers made before; those made now are added.
    """
    for start in range(0, len(numbers), BATCH):
        editions = [series.edition(number) for number in numbers[start : start + BATCH]]
        for raw in render_editions(series, run, editions):
            finished = _first_sound(series, run, raw, earlier)
            if finished.picture is not None:
                earlier.add(finished.raw.edition.number, finished.raw.fingerprint)
            yield finished


def _first_sound(
    series: SeriesDefinition, run: TrainedRun, first: RawEdition, earlier: Fingerprints
) -> FinishedEdition:
    """Return the first attempt at a number that is not refused, or else why the last one was."""
    number = first.edition.number
    more = [series.edition(number, attempt) for attempt in range(1, MOST_ATTEMPTS)]
    refused: list[RefusedSeed] = []
    for raw in chain([first], render_editions(series, run, more)):
        reason, finished = _judge(series, run, raw, earlier)
        if finished is not None and (not reason or "failure" not in series.refused):
            return replace(finished, refused=tuple(refused))
        refused.append(RefusedSeed(raw.edition.attempt, raw.edition.seed, reason))
    told = f"{count_of(len(refused), 'seed')} in a row refused, the last one for this: {reason}"
    return FinishedEdition(first, None, {}, told, tuple(refused))


def _judge(
    series: SeriesDefinition, run: TrainedRun, raw: RawEdition, earlier: Fingerprints
) -> tuple[str, FinishedEdition | None]:
    """Return why a picture is refused, or ""; and the finished edition, unless it is refused.

    One whose style failed is returned with its error too.
    """
    looked_for = "blank" in series.refused
    if looked_for and is_blank(raw.pixels):
        return BLANK, None
    away = earlier.nearest(raw.edition.number, raw.fingerprint) if series.distance else math.inf
    if away < series.distance:
        return f"near-duplicate: {away:.3f} from a lower number, under {series.distance:g}", None
    finished = finish_edition(series, run, raw)
    if finished.picture is None:
        return f"failure: {finished.error}", finished
    pixels = np.atleast_3d(np.asarray(finished.picture))
    return (FADED, None) if looked_for and is_blank(pixels) else ("", finished)
