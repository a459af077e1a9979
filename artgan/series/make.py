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
from typing import IO, Any

from PIL import Image

from artgan.base.paths import remove_leftovers
from artgan.core.images import Pixels
from artgan.core.run import TrainedRun
from artgan.errors import ArtganError, RunError
from artgan.latents.directions import resolve_steering
from artgan.latents.steering import SteeringOptions
from artgan.pictures.files import from_pixels, save_png, to_pil
from artgan.pictures.ordered_writer import MOST_THREADS
from artgan.pictures.records import record_hash
from artgan.sampling.naming import fill_pattern
from artgan.sampling.samples import SampleRequest, find_points, make_samples
from artgan.sampling.write import style_label
from artgan.series.definition import IN_PICTURES, MOST_ATTEMPTS, Edition, SeriesDefinition
from artgan.series.fingerprints import Fingerprint, _Prints, _unpack, difference_hash, fingerprint
from artgan.series.journal import (
    JOURNAL,
    KEPT_EVERY,
    _claim,
    _drop_torn_line,
    is_there,
    open_journal,
)
from artgan.series.manifest import write_about
from artgan.series.traits import Look, check_traits, look_of
from artgan.styling.apply import apply_style

AHEAD = 32


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


def write_series(
    series: SeriesDefinition, run: TrainedRun, folder: Path, show: Callable[[Told], None]
) -> SeriesWritten:
    """Make what is missing of a series; see ``Series.write``."""
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


class _Maker:
    """Makes editions in order of number."""

    def __init__(
        self,
        series: SeriesDefinition,
        run: TrainedRun,
        folder: Path,
        done: dict[int, dict[str, Any]],
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
            points = [find_points(self.run, [e.seed], label=look.label)[0] for e, look in together]
            first = looks[start]
            steering = resolve_steering(self.run, SteeringOptions(first.truncation, first.moves))
            samples = make_samples(self.run, SampleRequest(points, steering=steering))
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


def _is_done(one: "dict[str, Any] | Future[dict[str, Any]]") -> bool:
    return one.done() if isinstance(one, Future) else True


def _steered(look: Look) -> tuple[float, dict[str, float]]:
    return look.truncation, dict(look.moves)


def style_edition(
    series: SeriesDefinition,
    run: TrainedRun,
    edition: Edition,
    look: Look,
    raw: Pixels,
    record: dict[str, Any],
) -> tuple[Image.Image, dict[str, Any]]:
    """Give the finished picture of an edition, and its record.

    Raises:
        ArtganError: A filter refused it.
    """
    styled = apply_style(
        look.chain,
        from_pixels(raw, wraps=run.wraps),
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
