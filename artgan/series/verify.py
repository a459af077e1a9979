"""Make some editions of a series again and compare bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgan.base.marks import TRAINED, Mark
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import SeriesError
from artgan.pictures.marks import Metadata, mark_of
from artgan.pictures.told import read_mark
from artgan.plugin.leftovers import scratch_path, temporary_folder
from artgan.series.definition import SeriesDefinition
from artgan.series.editions import finish_edition, render_editions, save_edition
from artgan.series.journal import JOURNAL, check_same_series, journal_header, read_journal


@dataclass(frozen=True)
class EditionCheck:
    """The result of making a number again: whether disk, journal and remake are the same bytes."""

    number: int
    file: str
    same: bool
    reason: str = ""


def open_series(folder: Path) -> tuple[SeriesDefinition, list[dict[str, Any]]]:
    """Read the definition of a written series and the lines of its journal, by number."""
    if not (folder / JOURNAL).is_file() or not (folder / "series.toml").is_file():
        raise SeriesError(f"'{folder}' holds no finished series (no {JOURNAL} and series.toml)")
    series = SeriesDefinition.read(folder / "series.toml")
    _, *lines = read_journal(folder / JOURNAL)
    return series, sorted(lines, key=lambda line: int(line["number"]))


def verify_series(folder: Path, registry: Registry, count: int = 10) -> Iterator[EditionCheck]:
    """Make some numbers of a written series again, spread over it, and compare bytes."""
    series, lines = open_series(folder)
    run = TrainedRun.open(series.run, registry)
    check_same_series(read_journal(folder / JOURNAL)[0], journal_header(series, run), folder)
    step = max(1, -(-len(lines) // max(1, count)))
    with temporary_folder(scratch_path("artgan-verify")) as made:
        for line in lines[::step]:
            yield _verify(series, run, line, folder, made)


def _verify(
    series: SeriesDefinition, run: TrainedRun, line: dict[str, Any], folder: Path, made: Path
) -> EditionCheck:
    edition = series.edition(line["number"], line["attempt"])
    (raw,) = render_editions(series, run, [edition])
    path, reason = folder / line["file"], ""
    finished = finish_edition(series, run, raw)
    # Files of artgan 0.1.0 carry an older mark than those of now; --no-mark leaves it out.
    told = [read_mark(path)] if path.is_file() else []
    record = finished.record
    marks = dict.fromkeys([*told, mark_of(record), Mark(TRAINED), None])
    again = (
        save_edition(series, made / str(number), finished, Metadata(record, mark))
        for number, mark in enumerate(marks)
    )
    if all(one.get("sha256") != line["sha256"] for one in again):
        reason = "made again, it differs (another version of artgan, torch, Pillow or a plugin?)"
    elif not path.is_file():
        reason = "the file is gone"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != line["sha256"]:
        reason = "the file was changed since it was made"
    return EditionCheck(line["number"], line["file"], not reason, reason)
