"""Make a series picture by picture, so that it can be stopped and continued at any time.

``editions.jsonl`` in the folder grows by a line for each finished picture; the next start continues
from it. All other files about the series are written from it at the end.
"""

import errno
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from artgan.core.run import TrainedRun
from artgan.errors import RunError
from artgan.pictures.marks import Metadata, metadata_of
from artgan.pictures.ordered_writer import MOST_THREADS
from artgan.series.definition import SeriesDefinition
from artgan.series.editions import FinishedEdition, finish_numbers, save_edition
from artgan.series.fingerprints import Fingerprints
from artgan.series.journal import open_journal
from artgan.series.manifest import write_about
from artgan.series.measured import find_measures, with_measured
from artgan.series.refusing import finish_strictly
from artgan.series.traits import check_traits


@dataclass(frozen=True)
class SeriesProgress:
    """A picture of a series is finished, one of ``count``; without a file it failed.

    ``refused`` lists the seeds that were tried before: "seed 42: blank ...".
    """

    number: int
    count: int
    file: Path | None
    error: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeriesWritten:
    """What ``Series.write`` did: pictures by number, and "number 7: ..." for those that failed.

    Of the files in the folder, ``made`` were made now; the others were there. ``refused`` lists the
    seeds that pictures made now were not made from: "number 7, seed 42: blank ...".
    """

    folder: Path
    files: tuple[Path, ...]
    errors: tuple[str, ...]
    made: int
    refused: tuple[str, ...] = ()


def write_series(
    series: SeriesDefinition,
    run: TrainedRun,
    folder: Path,
    show: Callable[[SeriesProgress], None],
    *,
    keep_mark: bool = True,
) -> SeriesWritten:
    """Make what is missing of a series; see ``Series.write``."""
    check_traits(series, run)
    measures = find_measures(series, run.registry)
    errors: dict[int, str] = {}
    refused: list[str] = []
    try:
        with open_journal(series, run, folder) as journal:
            earlier = Fingerprints(journal.take_fingerprints())
            missing = [n for n in range(1, series.count + 1) if not journal.has_picture(n)]
            save = partial(save_edition, series, folder, measures=measures)
            for line in _make(series, run, missing, earlier, save, keep_mark=keep_mark):
                number = line["number"]
                passed = [f"seed {one['seed']}: {one['reason']}" for one in line.get("refused", ())]
                refused += [f"number {number}, {one}" for one in passed]
                if "error" in line:
                    errors[number] = line["error"]
                    show(SeriesProgress(number, series.count, None, line["error"]))
                else:
                    journal.add(line)
                    file = folder / line["file"]
                    show(SeriesProgress(number, series.count, file, refused=tuple(passed)))
            # A shorter count than before removes nothing.
            lines = journal.lines()
            shown, described = with_measured(series, lines, folder, measures)
            write_about(shown, run, folder, described, table=series.table(), keep_mark=keep_mark)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        reason = "the disk is full; make room" if full else error.strerror or error
        raise RunError(
            f"cannot write to '{folder}': {reason}. Finished pictures stay; the same command "
            "continues"
        ) from error
    failed = tuple(f"number {number}: {error}" for number, error in sorted(errors.items()))
    files = tuple(folder / line["file"] for line in lines)
    made = len(missing) - len(errors)
    return SeriesWritten(folder, files, failed, made, tuple(refused))


def _make(
    series: SeriesDefinition,
    run: TrainedRun,
    numbers: Sequence[int],
    earlier: Fingerprints,
    save: Callable[[FinishedEdition, Metadata], dict[str, Any]],
    *,
    keep_mark: bool,
) -> Iterator[dict[str, Any]]:
    """Make pictures in order, as lines of the journal; threads ``save`` them meanwhile.

    The line of one that failed is "number" and "error".
    """
    waiting: deque[Future[dict[str, Any]]] = deque()
    with ThreadPoolExecutor(max_workers=MOST_THREADS) as pool:
        finish = finish_strictly if series.refused else finish_numbers
        for edition in finish(series, run, numbers, earlier):
            about = metadata_of(edition.record, keep_mark=keep_mark)
            waiting.append(pool.submit(save, edition, about))
            # Large pictures must not pile up in memory.
            while waiting and (len(waiting) > MOST_THREADS or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
