"""Packs a dataset into shards: pictures at one size, copies left out, finished shards kept."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from artgan.base.locks import FolderLock
from artgan.base.paths import replacing
from artgan.errors import DataError, PictureError
from artgan.shards.index import ShardIndex, index_name, parse_index
from artgan.shards.names import NAME, UNFINISHED
from artgan.shards.prints import Prints
from artgan.shards.set_file import ShardFacts, ShardSet, parse_set
from artgan.shards.writer import Format, Packed, encode, print_of, write_shard

PER_SHARD = 4096
"""Pictures in a shard: at 256 pixels one of photographs has about 400 MB."""

NAMED = 100
"""Pictures that are left out of which the set's file tells why."""

IN_FLIGHT = 4
"""Pictures for each thread that are on their way at once."""


@dataclass(frozen=True)
class Packing:
    """How a set is packed.

    Attributes:
        kind: What pictures are encoded as.
        per_shard: Pictures in each shard.
        jobs: Threads that decode and encode; 0 takes one for each processor.
        source: What is packed, in plain values; a set that was begun goes on only if they agree.
    """

    kind: Format = "png"
    per_shard: int = PER_SHARD
    jobs: int = 0
    source: dict[str, Any] = field(default_factory=dict)


def pack(
    source: Any, out: Path, packing: Packing, reach: Callable[[int], Any] = lambda _: None
) -> ShardSet:
    """Pack the pictures of a dataset into a folder; go on with what is there.

    Args:
        source: As a dataset opens it; items that raise ``PictureError`` are left out.
        out: Folder of the shards.
        packing: How.
        reach: Called with how many pictures are done.

    Raises:
        DataError: There are other shards in the folder, or no pictures are left.
        OptionError: jpg cannot hold the alpha of the pictures.
        RunError: Another process packs there, or the disk is full; finished shards are kept.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(out, "pack.lock")
    try:
        return _Packer(source, out, packing, reach).run()
    finally:
        lock.release()


@dataclass(frozen=True)
class _Done:
    """A picture on its way: its place in the source, and what became of it."""

    place: int
    packed: Packed | None = None
    shape: tuple[int, ...] = ()
    problem: str = ""


class _Packer:
    def __init__(
        self, source: Any, out: Path, packing: Packing, reach: Callable[[int], Any]
    ) -> None:
        self.source, self.out, self.packing, self.reach = source, out, packing, reach
        self.total = len(source)
        # Through JSON and back, so that it can be compared with what a file holds.
        given = {**packing.source, "pictures": self.total, "kind": packing.kind}
        self.about = msgspec.json.decode(
            msgspec.json.encode({**given, "per_shard": packing.per_shard}, enc_hook=str)
        )
        self.shards: list[ShardFacts] = []
        self.seen = Prints()
        self.shape: tuple[int, ...] = ()
        self.labelled: bool | None = None
        self.next, self.copies, self.most_label = 0, 0, -1
        self.skipped: dict[str, str] = {}
        self.all_skipped, self.left_out = 0, list[str]()

    def run(self) -> ShardSet:
        """Pack what is not packed yet."""
        finished = self._read_finished()
        if finished:
            return finished
        self._begin()
        places = range(self.next, self.total)
        work = self._usable(_in_order(self._make, places, self.packing.jobs or processors()))
        while True:
            begin = (self.next, self.copies)
            # A shard is begun when there is something for it.
            first = next(work, None)
            if first is None:
                return self._finish()
            pictures = chain([first], islice(work, self.packing.per_shard - 1))
            path = self.out / f"{len(self.shards):06d}.tar"
            number = sum(shard.count for shard in self.shards)
            about = partial(self._about, *begin)
            self._note(write_shard(path, pictures, self.packing.kind, number, about))
            self.skipped = {}

    def _note(self, index: ShardIndex) -> None:
        """Keep of a finished shard what the file of the set will tell."""
        self.shards.append(ShardFacts(index.shard, index.count, index.bytes, index.sha256))
        self.most_label = max([self.most_label, *(index.labels or ())])
        self._note_skipped(index.skipped)

    def _note_skipped(self, skipped: Mapping[str, str]) -> None:
        self.all_skipped += len(skipped)
        self.left_out += list(skipped.values())[: NAMED - len(self.left_out)]

    def _about(self, first: int, copies: int) -> dict[str, Any]:
        """Return the fields of an index that tell where a shard comes from."""
        taken = {"first": first, "last": self.next, "copies": self.copies - copies}
        return {
            "source": {"packed": self.about, "shape": self.shape, **taken},
            "skipped": self.skipped,
        }

    def _make(self, place: int) -> _Done:
        """Decode and encode a picture, or find out why it is left out."""
        try:
            item = self.source[place]
        except PictureError as error:
            return _Done(place, problem=str(error))
        image, label = item if isinstance(item, tuple) else (item, None)
        pixels = np.ascontiguousarray(image, np.uint8)
        data = encode(pixels, self.packing.kind)
        packed = Packed(data, None if label is None else int(label), print_of(pixels))
        return _Done(place, packed, pixels.shape)

    def _usable(self, made: Iterator[_Done]) -> Iterator[Packed]:
        """Yield what goes into shards: no copies, nothing damaged."""
        for done in made:
            self.next = done.place + 1
            self.reach(self.next)
            if done.packed is None:
                self.skipped[str(done.place)] = done.problem
                continue
            self._check(done)
            if self.seen.add(done.packed.print):
                yield done.packed
            else:
                self.copies += 1

    def _check(self, done: _Done) -> None:
        assert done.packed is not None
        if not self.shape:
            self.shape, self.labelled = done.shape, done.packed.label is not None
        if done.shape != self.shape or (done.packed.label is not None) != self.labelled:
            raise DataError(
                f"picture {done.place} has shape {done.shape} and label {done.packed.label}, the "
                f"first one shape {self.shape}; all must be of one size, and all have a label or "
                "none"
            )

    def _read_finished(self) -> ShardSet | None:
        """Return the set if it was packed before."""
        path = self.out / NAME
        if not path.exists():
            return None
        found = parse_set(path.read_bytes(), str(path))
        if found.source != self.about:
            raise self._others()
        return found

    def _others(self) -> DataError:
        return DataError(
            f"'{self.out}' holds shards of other pictures, or packed in another way; choose "
            "another folder with --out, or delete it"
        )

    def _begin(self) -> None:
        """Take up the shards that were finished before; refuse those of somebody else."""
        begun = self.out / UNFINISHED
        if begun.exists():
            if msgspec.json.decode(begun.read_bytes()) != self.about:
                raise self._others()
        elif any(self.out.glob("*.tar")):
            raise self._others()
        with replacing(begun) as temporary:
            temporary.write_bytes(msgspec.json.encode(self.about))
        while True:
            shard = self.out / f"{len(self.shards):06d}.tar"
            path = shard.with_name(index_name(shard.name))
            if not shard.exists() or not path.exists():
                return
            index = parse_index(path.read_bytes(), str(path))
            if index.bytes != shard.stat().st_size:
                return
            self._take_up(index)

    def _take_up(self, index: ShardIndex) -> None:
        self._note(index)
        self.seen.update(index.prints)
        self.next, self.shape = index.source["last"], tuple(index.source["shape"])
        self.labelled = index.labels is not None
        self.copies += index.source["copies"]
        self.reach(self.next)

    def _finish(self) -> ShardSet:
        """Write the file of the set; until then it counts as unfinished."""
        self._note_skipped(self.skipped)
        if not self.shards:
            problems = "; ".join(self.left_out[:3])
            raise DataError(f"no pictures are left to pack: {problems or 'the source is empty'}")
        height, width, channels = self.shape
        made = ShardSet(
            shards=self.shards,
            height=height,
            width=width,
            channels=channels,
            class_names=self._class_names(),
            source=self.about,
            skipped=self.all_skipped,
            copies=self.copies,
            left_out=self.left_out,
        )
        with replacing(self.out / NAME) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1))
        (self.out / UNFINISHED).unlink(missing_ok=True)
        return made

    def _class_names(self) -> list[str]:
        if not self.labelled:
            return []
        named = [str(name) for name in getattr(self.source, "class_names", None) or ()]
        return named + [str(number) for number in range(len(named), self.most_label + 1)]


def processors() -> int:
    """Return how many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _in_order(work: Callable[[int], _Done], places: range, jobs: int) -> Iterator[_Done]:
    """Do work for each place in threads, a few at a time; yield what it returns, in order."""
    waiting: deque[Future[_Done]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for place in places:
                waiting.append(pool.submit(work, place))
                if len(waiting) >= IN_FLIGHT * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
