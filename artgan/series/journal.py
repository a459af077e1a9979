"""The journal of a series: a line for each finished edition, from which a next start continues."""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec

from artgan.base.paths import remove_leftovers, write_text
from artgan.base.suggest import count_of
from artgan.base.tables import check_values, parse_json, read_text
from artgan.core.run import TrainedRun
from artgan.errors import SeriesError
from artgan.series.definition import SeriesDefinition, Trait
from artgan.series.fingerprints import SIDE, Fingerprint, unpack_fingerprint
from artgan.version import __version__

FORMAT = 1

JOURNAL = "editions.jsonl"

NEAR = 1e-4
"""By how much rounding takes a value out of its range."""

SYNC_SECONDS = 1.0
"""How often the journal is forced onto the disk; lines that a power cut loses are made again."""


class _Header(msgspec.Struct):
    """The first line of a journal."""

    format: int
    series: str
    definition_sha256: str
    weights_sha256: str


class _Line(msgspec.Struct):
    """The line of a finished edition."""

    number: Annotated[int, msgspec.Meta(ge=1, le=999_999)]
    seed: int
    attempt: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    traits: dict[str, Any]
    # A name, and no path to elsewhere.
    file: Annotated[str, msgspec.Meta(pattern=r"^[^/\\\x00]{1,255}$")]
    sha256: str
    record_sha256: str
    perceptual_hash: str
    print: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2})*$")]
    # Seeds that were refused before, with the reason.
    refused: list[dict[str, Any]] = []
    measured: dict[str, Any] = {}


class Journal:
    """The finished editions of a folder, open for more."""

    def __init__(self, folder: Path, lines: list[dict[str, Any]], file: IO[str]) -> None:
        self._folder, self._file = folder, file
        self._lines = {line["number"]: line for line in lines}
        self._synced = 0.0

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines by number, without fingerprints."""
        return [self._lines[number] for number in sorted(self._lines)]

    def has_picture(self, number: int) -> bool:
        """Return whether a number is finished and its picture is still there."""
        line = self._lines.get(number)
        return line is not None and (self._folder / line["file"]).is_file()

    def take_fingerprints(self) -> dict[int, Fingerprint]:
        """Return the fingerprints by number, and drop their text from the lines in memory."""
        return {
            number: unpack_fingerprint(line.pop("print")) for number, line in self._lines.items()
        }

    def add(self, line: dict[str, Any]) -> None:
        """Write the line of a finished edition."""
        self._file.write(json.dumps(line, sort_keys=True) + "\n")
        self._file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()
        self._lines[line["number"]] = {k: v for k, v in line.items() if k != "print"}


@contextmanager
def open_journal(series: SeriesDefinition, run: TrainedRun, folder: Path) -> Iterator[Journal]:
    """Start the journal of a folder, or open the one that is there; nobody else may meanwhile."""
    path, own = folder / JOURNAL, journal_header(series, run)
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists():
        first, *lines = read_journal(path)
        check_same_series(first, own, folder)
        _check_traits(lines, series, path)
        _check_fingerprints(lines, run.config.channels, path)
    elif (folder / "series.json").exists():
        raise SeriesError(f"'{folder}' holds another series; choose another folder")
    else:
        lines = []
        write_text(path, json.dumps(own, sort_keys=True) + "\n")
    with path.open("a", encoding="utf-8") as file:
        _lock(file, folder)
        _drop_torn_line(path)
        remove_leftovers(folder)
        remove_leftovers(folder / "metadata")
        yield Journal(folder, lines, file)


def journal_header(series: SeriesDefinition, run: TrainedRun) -> dict[str, Any]:
    """Return the first line of the journal: what may not change while a series grows."""
    return {
        "format": FORMAT,
        "series": series.name,
        "definition_sha256": series.digest,
        "weights_sha256": run.checkpoint.sha256,
        "artgan": __version__,
    }


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read the whole lines of a journal; the first is its header."""
    lines = read_text(path, SeriesError, "journal").split("\n")[:-1]
    found = []
    for number, line in enumerate(lines, 1):
        where = f"journal '{path}', line {number},"
        values = parse_json(line, dict[str, Any], SeriesError, where)
        if number == 1 and values.get("format") != FORMAT:
            raise SeriesError(f"'{path}' is not the journal of a series that this artgan can read")
        check_values(values, _Header if number == 1 else _Line, SeriesError, where)
        found.append(values)
    if not found:
        raise SeriesError(f"journal '{path}' is empty; delete it to start the series anew")
    return found


def check_same_series(first: dict[str, Any], own: dict[str, Any], folder: Path) -> None:
    """Compare the header of a journal with that of a series, and say in what they differ."""
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


def _check_traits(lines: Sequence[Mapping[str, Any]], series: SeriesDefinition, path: Path) -> None:
    """Refuse lines whose traits are not those of the series, or outside of their range."""
    wanted = {trait.name: trait for trait in series.traits}
    for line in lines:
        traits = line["traits"]
        wrong = [*({*wanted} ^ {*traits})]
        wrong += [name for name in {*wanted} & {*traits} if not _fits(traits[name], wanted[name])]
        if wrong:
            raise SeriesError(
                f"journal '{path}' is damaged: in the line of number {line['number']} the traits "
                f"{', '.join(sorted(wrong))} do not fit the series; delete that line and its "
                "picture, and both are made again"
            )


def _check_fingerprints(lines: Sequence[Mapping[str, Any]], channels: int, path: Path) -> None:
    """Refuse lines whose fingerprint is not that of a sample of the run."""
    for line in lines:
        # Two hexadecimal digits a byte.
        found, expected = len(line["print"]) // 2, SIDE * SIDE * channels
        if found != expected:
            raise SeriesError(
                f"journal '{path}' is damaged: in the line of number {line['number']} the "
                f"fingerprint has {count_of(found, 'byte')} instead of {expected}; delete that "
                "line and its picture, and both are made again"
            )


def _fits(value: Any, trait: Trait) -> bool:
    if trait.values:
        return True
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and trait.low - NEAR <= value <= trait.high + NEAR


def _lock(file: IO[str], folder: Path) -> None:
    """Lock the journal against other processes, on systems that can."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SeriesError(f"another artgan is writing the series in '{folder}' just now") from error


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line without its end, which a killed process leaves."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
