"""Makes the pictures of a series, one after the other, so that it can be broken off at any time.

``editions.jsonl`` in the folder grows by a line for each finished picture, and is what the next
start goes on from; everything else about the series is written from it at the end.
"""

import errno
import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.core.images import Pixels
from artgan.core.naming import fill_pattern, record_hash
from artgan.core.paths import remove_leftovers, write_text
from artgan.core.pictures import from_pixels, save_png, to_pil
from artgan.core.run import Run, load_run, style_label
from artgan.core.series import IN_PICTURES, MOST_ATTEMPTS, Edition, Series, read_series
from artgan.core.series_files import write_about
from artgan.core.series_style import Look, check_traits, look_of
from artgan.core.styles import apply_style
from artgan.core.writing import MOST_THREADS
from artgan.errors import ArtganError, RunError, SeriesError
from artgan.version import __version__

FORMAT = 1
JOURNAL = "editions.jsonl"
AHEAD = 32
KEPT_EVERY = 1.0
"""Seconds after which the journal is surely on the disk."""
PRINT_SIDE = 8

Fingerprint = NDArray[np.uint8]


@dataclass(frozen=True)
class Told:
    """What a front end is told after each picture.

    Attributes:
        number: The picture's number.
        count: How many there will be.
        file: Where it is, or None if it failed.
        error: Why it failed, or "".
    """

    number: int
    count: int
    file: Path | None
    error: str = ""


@dataclass(frozen=True)
class SeriesWritten:
    """What ``Series.write`` did.

    Attributes:
        folder: Where everything is.
        files: All pictures of the series, by number.
        errors: "number 7: ..." for those that failed.
        made: How many were made now; the others were there.
    """

    folder: Path
    files: tuple[Path, ...]
    errors: tuple[str, ...]
    made: int


def write_series(series: Series, folder: Path, show: Callable[[Told], None]) -> SeriesWritten:
    """Make what is missing of a series; see ``Series.write``."""
    run = load_run(series.run)
    check_traits(series, run)
    try:
        done = open_journal(series, run, folder)
        with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
            _claim(journal, folder)
            _drop_torn_line(folder / JOURNAL)
            remove_leftovers(folder)
            remove_leftovers(folder / "metadata")
            wanted = [n for n in range(1, series.count + 1) if not is_there(done.get(n), folder)]
            errors = _make(_Maker(series, run, folder, done), wanted, done, journal, show)
            # A shorter count than before takes nothing away.
            lines = [done[number] for number in sorted(done)]
            write_about(series, run, folder, lines)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        reason = "the disk is full; make room" if full else error.strerror or error
        raise RunError(
            f"cannot write to '{folder}': {reason}. What is done stays; the same again goes on"
        ) from error
    told = tuple(f"number {number}: {error}" for number, error in sorted(errors.items()))
    files = tuple(folder / line["file"] for line in lines)
    return SeriesWritten(folder, files, told, len(wanted) - len(errors))


def _make(
    maker: "_Maker",
    wanted: Sequence[int],
    done: dict[int, dict[str, Any]],
    journal: IO[str],
    show: Callable[[Told], None],
) -> dict[int, str]:
    """Make pictures and journal them; give number -> why of those that failed."""
    errors: dict[int, str] = {}
    count, kept = maker.series.count, 0.0
    for line in maker.make(wanted):
        number = line["number"]
        if "error" in line:
            errors[number] = line["error"]
            show(Told(number, count, None, line["error"]))
            continue
        journal.write(json.dumps(line, sort_keys=True) + "\n")
        journal.flush()
        if time.monotonic() - kept > KEPT_EVERY:
            # Lines that a power cut takes are made again, to the same bytes.
            os.fsync(journal.fileno())
            kept = time.monotonic()
        del line["print"]
        done[number] = line
        show(Told(number, count, maker.folder / line["file"]))
    return errors


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


def header(series: Series, run: Run) -> dict[str, Any]:
    """Give the first line of the journal: what may not change while a series grows."""
    return {
        "format": FORMAT,
        "series": series.name,
        "definition_sha256": series.digest,
        "weights_sha256": run.checkpoint.sha256,
        "artgan": __version__,
    }


def open_journal(series: Series, run: Run, folder: Path) -> dict[int, dict[str, Any]]:
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


class _Maker:
    """Makes editions in order of number."""

    def __init__(
        self, series: Series, run: Run, folder: Path, done: dict[int, dict[str, Any]]
    ) -> None:
        self.series, self.run, self.folder = series, run, folder
        self.prints = _Prints()
        for number, line in done.items():
            self.prints.add(number, _unpack(line.pop("print")))

    def make(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield the journal's line of each number, or one with ``error``."""
        waiting: deque[dict[str, Any] | Future[dict[str, Any]]] = deque()

        def finish() -> dict[str, Any]:
            one = waiting.popleft()
            return one.result() if isinstance(one, Future) else one

        with ThreadPoolExecutor(max_workers=MOST_THREADS) as pool:
            for start in range(0, len(numbers), AHEAD):
                part = [self.series.edition(number) for number in numbers[start : start + AHEAD]]
                for edition, look, raw, record in self._choose(part):
                    waiting.append(self._finish(edition, look, raw, record, pool))
                    # Large pictures must not pile up before the disk.
                    while len(waiting) > MOST_THREADS or _is_done(waiting[0]):
                        yield finish()
                        if not waiting:
                            break
            while waiting:
                yield finish()

    def _choose(
        self, part: Sequence[Edition]
    ) -> Iterator[tuple[Edition, Look, Pixels, dict[str, Any]]]:
        """Render editions; those that look like a lower number are drawn again."""
        for made in self.render(part):
            edition, look, raw, record = made
            if self._seen(edition.number, fingerprint(raw)):
                edition, look, raw, record = self._drawn_again(edition)
            self.prints.add(edition.number, fingerprint(raw))
            yield edition, look, raw, record

    def _drawn_again(self, edition: Edition) -> tuple[Edition, Look, Pixels, dict[str, Any]]:
        """Give the first attempt that looks like no lower number, else the last."""
        attempts = range(edition.attempt + 1, MOST_ATTEMPTS)
        # They differ by their seed alone, so that one batch makes them all.
        made = self.render([self.series.edition(edition.number, attempt) for attempt in attempts])
        for one in made:
            if not self._seen(edition.number, fingerprint(one[2])):
                break
        return one

    def _seen(self, number: int, own: Fingerprint) -> bool:
        limit = self.series.distance
        return limit > 0 and self.prints.nearest(number, own) < limit

    def render(
        self, part: Sequence[Edition]
    ) -> Iterator[tuple[Edition, Look, Pixels, dict[str, Any]]]:
        """Yield raw pictures of editions; those steered alike go through the generator together."""
        looks = [look_of(self.series, self.run, edition) for edition in part]
        start = 0
        while start < len(part):
            stop = start + 1
            while stop < len(part) and _steered(looks[stop]) == _steered(looks[start]):
                stop += 1
            together = list(zip(part[start:stop], looks[start:stop], strict=True))
            points = [self.run.points([e.seed], label=look.label)[0] for e, look in together]
            first = looks[start]
            samples = self.run.samples(
                points, "none", truncation=first.truncation, moves=first.moves
            )
            for (edition, look), sample in zip(together, samples, strict=True):
                label = {} if look.label is None else {"label": look.label}
                yield edition, look, sample.raw, {**sample.raw_record, **label}
            start = stop

    def _finish(
        self,
        edition: Edition,
        look: Look,
        raw: Pixels,
        record: dict[str, Any],
        pool: ThreadPoolExecutor,
    ) -> "dict[str, Any] | Future[dict[str, Any]]":
        """Style a picture here, and write it in another thread."""
        try:
            image, full = style_edition(self.series, self.run, edition, look, raw, record)
        except ArtganError as error:
            return {"number": edition.number, "error": str(error)}
        return pool.submit(self.save, edition, image, full, fingerprint(raw))

    def save(
        self, edition: Edition, image: Image.Image, record: dict[str, Any], print_: Fingerprint
    ) -> dict[str, Any]:
        facts = {
            "series": self.series.name,
            "number": edition.number,
            "seed": edition.seed,
            "style": style_label(record["style"]["name"]),
            "arch": record["architecture"],
            "step": record["step"],
            "hash": record_hash(record)[:8],
        }
        name = f"{fill_pattern(self.series.file_name, facts)}.png"
        path = self.folder / name
        try:
            save_png(image, path, record)
        except RunError as error:
            if isinstance(error.__cause__, OSError):
                # The disk will not take the others either.
                raise
            return {"number": edition.number, "error": str(error)}
        return {
            "number": edition.number,
            "seed": edition.seed,
            "attempt": edition.attempt,
            "traits": dict(edition.traits),
            "file": name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "record_sha256": record_hash(record),
            "perceptual_hash": difference_hash(image),
            "print": print_.tobytes().hex(),
        }


class _Prints:
    """Fingerprints of the pictures so far, by number."""

    def __init__(self) -> None:
        self.numbers = np.zeros(0, np.int64)
        self.values = np.zeros((0, 0), np.float32)
        self.squares = np.zeros(0)
        self.count = 0

    def add(self, number: int, own: Fingerprint) -> None:
        if self.count == len(self.numbers):
            more = max(64, self.count)
            self.numbers = np.concatenate([self.numbers, np.zeros(more, np.int64)])
            self.squares = np.concatenate([self.squares, np.zeros(more)])
            grown = np.zeros((len(self.numbers), own.size), np.float32)
            if self.count:
                grown[: self.count] = self.values[: self.count]
            self.values = grown
        self.numbers[self.count], self.values[self.count] = number, own
        self.squares[self.count] = np.square(own, dtype=np.float64).sum()
        self.count += 1

    def nearest(self, number: int, own: Fingerprint) -> float:
        """Give the root mean square distance, 0 to 1, to the nearest of the lower numbers."""
        lower = self.numbers[: self.count] < number
        if not lower.any():
            return float("inf")
        # |a - b|^2 = |a|^2 - 2 ab + |b|^2; sums of products of bytes are exact in float32.
        products = (self.values[: self.count] @ own.astype(np.float32)).astype(np.float64)
        square = np.square(own, dtype=np.float64).sum()
        away = (self.squares[: self.count] - 2 * products + square)[lower]
        return float(np.sqrt(away.min() / own.size)) / 255


def _is_done(one: "dict[str, Any] | Future[dict[str, Any]]") -> bool:
    return one.done() if isinstance(one, Future) else True


def _steered(look: Look) -> tuple[float, dict[str, float]]:
    return look.truncation, dict(look.moves)


def style_edition(
    series: Series, run: Run, edition: Edition, look: Look, raw: Pixels, record: dict[str, Any]
) -> tuple[Image.Image, dict[str, Any]]:
    """Give the finished picture of an edition, and its record.

    Raises:
        ArtganError: A filter refused it.
    """
    tileable = bool(run.config.architecture.options.get("tileable", False))
    styled = apply_style(
        look.chain,
        from_pixels(raw, wraps=(tileable, tileable)),
        registry=run.registry,
        seed=edition.seed,
        # The length of the series must not show, or a longer one would change its first pictures.
        index=edition.number - 1,
        total=0,
    )
    about = {"name": series.name, "number": edition.number, "traits": dict(edition.traits)}
    rights = {word: series.about[word] for word in IN_PICTURES if word in series.about}
    full = {**record, "style": styled.record, "series": about, **rights}
    return to_pil(styled.picture), full


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


def open_series(folder: Path) -> tuple[Series, list[dict[str, Any]]]:
    """Give the definition and the journal's lines of a written series, by number.

    Raises:
        SeriesError: The folder holds no series, or its files are damaged.
    """
    if not (folder / JOURNAL).is_file() or not (folder / "series.toml").is_file():
        raise SeriesError(f"'{folder}' holds no finished series (no {JOURNAL} and series.toml)")
    series = read_series(folder / "series.toml")
    _, *lines = read_journal(folder / JOURNAL)
    return series, sorted(lines, key=lambda line: int(line["number"]))


def verify_series(folder: Path, count: int = 10) -> Iterator[Verified]:
    """Make some numbers again, spread over the series, and compare bytes.

    Args:
        folder: Of a written series.
        count: How many to make.

    Raises:
        ArtganError: There is no series, or its run is gone or has changed.
    """
    series, lines = open_series(folder)
    run = load_run(series.run)
    _check_same(read_journal(folder / JOURNAL)[0], header(series, run), folder)
    step = max(1, -(-len(lines) // max(1, count)))
    with TemporaryDirectory() as made:
        for line in lines[::step]:
            yield _verify(series, run, line, folder, Path(made))


def _verify(series: Series, run: Run, line: dict[str, Any], folder: Path, made: Path) -> Verified:
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


def fingerprint(pixels: Pixels) -> Fingerprint:
    """Give a picture (H, W, C) shrunk to 8 x 8, flat: near pictures have near fingerprints."""
    height, width, channels = pixels.shape
    rows = np.minimum(np.arange(PRINT_SIDE) * height // PRINT_SIDE, height - 1)
    columns = np.minimum(np.arange(PRINT_SIDE) * width // PRINT_SIDE, width - 1)
    sums = np.add.reduceat(np.add.reduceat(pixels, rows, 0, np.float32), columns, 1)
    areas = np.maximum(np.diff(np.append(rows, height)), 1)[:, None] * np.maximum(
        np.diff(np.append(columns, width)), 1
    )
    means: Fingerprint = np.clip(sums / areas[..., None] + 0.5, 0, 255).astype(np.uint8)
    return means.reshape(PRINT_SIDE * PRINT_SIDE * channels)


def _unpack(text: str) -> Fingerprint:
    return np.frombuffer(bytes.fromhex(text), np.uint8)


def difference_hash(image: Image.Image) -> str:
    """Give the 64-bit difference hash of a picture as 16 hex digits."""
    small = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()
