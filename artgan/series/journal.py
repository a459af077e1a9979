"""The journal of a series: a line for each finished edition, so that work goes on."""

import json
import os
from pathlib import Path
from typing import IO, Any

from artgan.base.paths import write_text
from artgan.core.run import TrainedRun
from artgan.errors import SeriesError
from artgan.series.definition import SeriesDefinition
from artgan.version import __version__

FORMAT = 1

JOURNAL = "editions.jsonl"

KEPT_EVERY = 1.0
"""Seconds after which the journal is surely on the disk."""


def _claim(journal: IO[str], folder: Path) -> None:
    """Keep a second artgan from writing the same series, where the system can."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SeriesError(f"another artgan is writing the series in '{folder}' just now") from error


def is_there(line: dict[str, Any] | None, folder: Path) -> bool:
    """Tell whether a journal's line stands for a picture that is still there."""
    return line is not None and (folder / line["file"]).is_file()


def header(series: SeriesDefinition, run: TrainedRun) -> dict[str, Any]:
    """Give the first line of the journal: what may not change while a series grows."""
    return {
        "format": FORMAT,
        "series": series.name,
        "definition_sha256": series.digest,
        "weights_sha256": run.checkpoint.sha256,
        "artgan": __version__,
    }


def open_journal(
    series: SeriesDefinition, run: TrainedRun, folder: Path
) -> dict[int, dict[str, Any]]:
    """Start the journal, or read the one that is there.

    Returns:
        Number -> line, for pictures that were finished.

    Raises:
        SeriesError: The folder holds another series, or the run or definition has changed.
    """
    path, own = folder / JOURNAL, header(series, run)
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        if (folder / "series.json").exists():
            raise SeriesError(f"'{folder}' holds another series; choose another folder")
        write_text(path, json.dumps(own, sort_keys=True) + "\n")
        return {}
    first, *lines = read_journal(path)
    _check_same(first, own, folder)
    return {line["number"]: line for line in lines}


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read the whole lines of a journal, the first being its header.

    Raises:
        SeriesError: It is damaged.
    """
    found = []
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SeriesError(f"'{path}' is damaged: {error}") from error
    for place, line in enumerate(text.split("\n")[:-1]):
        try:
            values = json.loads(line)
        except ValueError as error:
            raise SeriesError(f"'{path}' is damaged at line {place + 1}: {error}") from error
        found.append(values)
    if not found or found[0].get("format") != FORMAT:
        raise SeriesError(f"'{path}' is not the journal of a series that this artgan can read")
    return found


def _drop_torn_line(path: Path) -> None:
    """Cut off what ``kill -9`` left of a line."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)


def _check_same(first: dict[str, Any], own: dict[str, Any], folder: Path) -> None:
    if first["series"] != own["series"]:
        raise SeriesError(
            f"'{folder}' holds the series '{first['series']}', not '{own['series']}'; choose "
            "another folder"
        )
    if first["definition_sha256"] != own["definition_sha256"]:
        raise SeriesError(
            f"the series in '{folder}' was begun with other settings (seed, style or traits); only "
            "count may change. Choose another folder, or bring the old settings back"
        )
    if first["weights_sha256"] != own["weights_sha256"]:
        raise SeriesError(
            f"the run has changed since the series in '{folder}' was begun: its weights were "
            f"{first['weights_sha256'][:10]}, and are {own['weights_sha256'][:10]}. Choose another "
            "folder, or bring the old weights back"
        )
