"""Checks of a format of moving pictures."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from PIL import Image

from artgan.base.suggest import count_of
from artgan.errors import MissingExtraError
from artgan.pictures.plugin_films import checked_film
from artgan.plugin.animations import AnimationFacts, MovingPicture
from artgan.plugin.decode import PICTURE_ENDINGS
from artgan.plugin.files import find_animation_format, is_own_writer
from artgan.testing._checks import Checks, Subject, expect, reads, writes

CHECKS = Checks()

DIRECTIONS: tuple[Literal["read", "write"], ...] = ("read", "write")

MARK = b'<?xpacket begin=""?><x:xmpmeta>DigitalSourceType: kept</x:xmpmeta><?xpacket end="w"?>'

XMP = MARK.replace(b"kept", b"kept, with the record")

RECORD = '{"format": 1, "seed": 5, "style": "Umbra \u00e9"}'

TIMES = (100.0, 300.0, 200.0)

MODES = ("L", "LA", "RGB", "RGBA")


def _frames(mode: str = "RGB", size: tuple[int, int] = (24, 20), count: int = 3) -> list[Any]:
    rng = np.random.Generator(np.random.PCG64(1))
    shape = (size[1], size[0], len(mode))
    pixels = [rng.integers(0, 256, shape, np.uint8) for _ in range(count)]
    return [Image.fromarray(one[:, :, 0] if mode == "L" else one) for one in pixels]


def _written(
    subject: Subject, frames: Sequence[Image.Image], folder: str, *, bare: bool = False
) -> Path:
    """Let it write a file as artgan does."""
    declared = subject.contribution.declaration
    about: dict[str, Any] = {} if bare else {"record": RECORD, "mark": MARK, "xmp": XMP}
    timed = declared.timed and len(frames) == len(TIMES)
    fps = 1000 * len(TIMES) / sum(TIMES) if timed else 5.0
    facts = AnimationFacts(
        size=frames[0].size,
        count=len(frames),
        fps=fps,
        repeats=True,
        times=TIMES if timed else (),
        preview=lambda: frames[:2],
        **about,
    )
    path = Path(folder, f"a b{declared.endings[0]}")
    with path.open("w+b") as file:
        writer = subject.contribution.call("write", facts, file)
        for frame in frames:
            writer.add(frame)
        writer.close()
    left = [other.name for other in Path(folder).iterdir() if other != path]
    expect(not left, f"it wrote more than its file: {left}")
    return path


def _bytes(subject: Subject, *, bare: bool = False) -> bytes:
    with TemporaryDirectory() as folder:
        return _written(subject, _frames(), folder, bare=bare).read_bytes()


def _read(subject: Subject, path: Path) -> MovingPicture:
    """Let it read a file; what it returns is checked as artgan does."""
    return checked_film(subject.contribution.call("read", path), subject.contribution, path)


@CHECKS.add("writes-frames", applies=writes)
def writes_frames(subject: Subject) -> None:
    """It writes one frame or several, of any mode and size, and changes none of them."""
    for mode in MODES:
        for size, count in (((24, 20), 3), ((17, 9), 1)):
            frames = _frames(mode, size, count)
            before = [frame.tobytes() for frame in frames]
            with TemporaryDirectory() as folder:
                expect(_written(subject, frames, folder).stat().st_size, f"{mode}: it is empty")
            kept = before == [frame.tobytes() for frame in frames]
            expect(kept, "it changes the frames that it is given: work on a copy")


@CHECKS.add("same-bytes", after=("writes-frames",), applies=writes)
def same_bytes(subject: Subject) -> None:
    """The same frames give the same bytes; nothing tells when they were written."""
    same = _bytes(subject) == _bytes(subject)
    expect(same, "the same frames give other bytes each time: leave out dates")


@CHECKS.add("carries-record-and-mark", after=("writes-frames",), applies=writes)
def carries_record_and_mark(subject: Subject) -> None:
    """facts.xmp or facts.mark is in the file as it is, and nothing of them without."""
    data = _bytes(subject)
    found = XMP in data or MARK in data
    expect(found, "the file lacks facts.xmp, or holds it compressed: write it as it is")
    bare = b"DigitalSourceType" in _bytes(subject, bare=True)
    expect(not bare, "the file holds a mark where none is wanted")


@CHECKS.add("refuses-damage", applies=reads)
def refuses_damage(subject: Subject) -> None:
    """A file that is empty or holds rubbish raises an error, or has no frames."""
    for data in (b"", bytes(200), b"\xff" * 2000):
        with TemporaryDirectory() as folder:
            path = Path(folder, f"a{subject.contribution.declaration.endings[0]}")
            path.write_bytes(data)
            try:
                found = subject.contribution.call("read", path)
                count = len(found.times()) and sum(1 for _ in found.frames())
            except MissingExtraError:
                return
            # Any error will do: artgan names the file.
            except Exception:
                continue
            expect(not count, f"it reads {count_of(count, 'frame')} in a file of rubbish")


@CHECKS.add(
    "reads-what-it-writes",
    after=("refuses-damage", "writes-frames"),
    applies=lambda s: reads(s) and writes(s),
)
def reads_what_it_writes(subject: Subject) -> None:
    """As many frames come back, of the same size and for the same times, as often as asked."""
    frames = _frames()
    with TemporaryDirectory() as folder:
        found = _read(subject, _written(subject, frames, folder))
        times = list(found.times())
        for _ in range(2):
            shapes = [np.asarray(frame).shape[:2] for frame in found.frames()]
            expect(shapes == [(20, 24)] * 3, f"3 frames of 24x20 came back as {shapes}")
    wanted = TIMES if subject.contribution.declaration.timed else (200.0,) * 3
    near = len(times) == 3 and np.allclose(times, wanted, atol=6)
    expect(near, f"frames that were shown for {wanted} ms are shown for {times}")


def _keeps_records(subject: Subject) -> bool:
    """Whether its reader tells the record; in what may be a still picture artgan finds it."""
    ending = subject.contribution.declaration.endings[0]
    return reads(subject) and writes(subject) and ending not in PICTURE_ENDINGS


@CHECKS.add("reads-the-record", after=("refuses-damage", "writes-frames"), applies=_keeps_records)
def reads_the_record(subject: Subject) -> None:
    """The record that was written is read again, and none where there was none."""
    for bare, wanted in ((False, RECORD), (True, None)):
        with TemporaryDirectory() as folder:
            path = _written(subject, _frames(), folder, bare=bare)
            found = _read(subject, path).record
        same = found is None if wanted is None else _parsed(found) == _parsed(wanted)
        expect(same, f"facts.record was {wanted!r}, and {found!r} came back as record")


def _parsed(record: str | None) -> object:
    try:
        return json.loads(record or "")
    except ValueError:
        return None


@CHECKS.add("brings-an-ending")
def brings_an_ending(subject: Subject) -> None:
    """Its endings are not those of artgan's own formats, which would win."""
    entry = subject.contribution
    for ending in entry.declaration.endings:
        found = [find_animation_format(Path(f"a{ending}"), does) for does in DIRECTIONS]
        taken = any(one is not None and is_own_writer(one) for one in found)
        expect(
            entry.plugin.id == "core" or not taken,
            f"files that end in {ending} are moving pictures that artgan reads or writes itself",
        )
