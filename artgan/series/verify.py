"""Make some editions again and compare bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import SeriesError
from artgan.series.definition import SeriesDefinition
from artgan.series.fingerprints import fingerprint
from artgan.series.journal import JOURNAL, _check_same, header, read_journal
from artgan.series.make import _Maker, style_edition


@dataclass(frozen=True)
class Verified:
    """What making a number again showed.

    Attributes:
        number: Its number.
        file: Its file.
        same: Whether the bytes are those that the journal lists, on the disk and made again.
        reason: What differs, or "".
    """

    number: int
    file: str
    same: bool
    reason: str = ""


def open_series(folder: Path) -> tuple[SeriesDefinition, list[dict[str, Any]]]:
    """Give the definition and the journal's lines of a written series, by number.

    Raises:
        SeriesError: The folder holds no series, or its files are damaged.
    """
    if not (folder / JOURNAL).is_file() or not (folder / "series.toml").is_file():
        raise SeriesError(f"'{folder}' holds no finished series (no {JOURNAL} and series.toml)")
    series = SeriesDefinition.read(folder / "series.toml")
    _, *lines = read_journal(folder / JOURNAL)
    return series, sorted(lines, key=lambda line: int(line["number"]))


def verify_series(folder: Path, registry: Registry, count: int = 10) -> Iterator[Verified]:
    """Make some numbers again, spread over the series, and compare bytes.

    Args:
        folder: Of a written series.
        registry: Where plugins are looked up.
        count: How many to make.

    Raises:
        ArtganError: There is no series, or its run is gone or has changed.
    """
    series, lines = open_series(folder)
    run = TrainedRun.open(series.run, registry)
    _check_same(read_journal(folder / JOURNAL)[0], header(series, run), folder)
    step = max(1, -(-len(lines) // max(1, count)))
    with TemporaryDirectory() as made:
        for line in lines[::step]:
            yield _verify(series, run, line, folder, Path(made))


def _verify(
    series: SeriesDefinition, run: TrainedRun, line: dict[str, Any], folder: Path, made: Path
) -> Verified:
    edition = series.edition(line["number"], line["attempt"])
    maker = _Maker(series, run, made, {})
    ((edition, look, raw, record),) = maker.render([edition])
    image, full = style_edition(series, run, edition, look, raw, record)
    again = maker.save(edition, image, full, fingerprint(raw))
    path, reason = folder / line["file"], ""
    if again["sha256"] != line["sha256"]:
        reason = "made again, it differs (another version of artgan, torch, Pillow or a plugin?)"
    elif not path.is_file():
        reason = "the file is gone"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != line["sha256"]:
        reason = "the file was changed since it was made"
    return Verified(line["number"], line["file"], not reason, reason)
