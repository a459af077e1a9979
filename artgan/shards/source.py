"""The dataset ``shards``: pictures in tar files, here or behind an address, read when needed."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from artgan.base.background import for_each
from artgan.base.permutation import Permutation
from artgan.base.suggest import count_of
from artgan.errors import DataError, PictureError
from artgan.plugin import DataContext, Options
from artgan.plugin.alpha import learns_alpha
from artgan.plugin.color import parse_hex
from artgan.plugin.fitting import pick_size
from artgan.shards.cache import ShardCache
from artgan.shards.decoding import Look, Pixels, Shape, decode_member, look_at_member
from artgan.shards.index import BLOCK, ShardIndex, cut
from artgan.shards.opening import OpenedSet, open_set

INDICES_KEPT = 64

GIB = 2**30

LOOKED_AT = 64
"""Pictures by which size and channels of a set are found that artgan did not pack."""

FETCHED_AT_ONCE = 4

CHANNELS = {"grey": 1, "rgb": 3, "rgba": 4}


@dataclass(frozen=True)
class ShardSettings:
    """What the options of the dataset ``shards`` hold; its catalogue describes them."""

    window: int = 65_536
    cache_gib: float = 32.0
    channels: str = "auto"
    background: str = "000000"
    flip: str = "none"
    rotate: float = 0.0
    crop: float = 0.0


def open_shards(options: Options, context: DataContext) -> "ShardSource":
    """Open the shards at the context's address or path; ``ShardSettings`` tells the options.

    Raises:
        DataError: They cannot be reached or used.
    """
    settings = ShardSettings(**msgspec.structs.asdict(options))
    try:
        parse_hex(settings.background)
    except ValueError as error:
        raise DataError(f"background: {error}") from error
    return _open(context.address or str(context.path), settings, context)


def open_folder(folder: Path, context: DataContext) -> "ShardSource":
    """Open the shards in a folder; raises what ``open_shards`` does."""
    return _open(str(folder), ShardSettings(), context)


def _open(where: str, settings: ShardSettings, context: DataContext) -> "ShardSource":
    opened = open_set(where, context.cache, context.report)
    folder = context.cache / "shards" / _identity(opened)[:32]
    source = ShardSource(opened, settings, ShardCache(folder, int(settings.cache_gib * GIB)))
    source.shape = _pick_shape(source, settings, context)
    source.facts["path"] = where
    _refuse_small_cache(source, settings)
    return source


def _refuse_small_cache(source: "ShardSource", settings: ShardSettings) -> None:
    """Refuse a cache that does not hold the window that is read and the next one."""
    shards = source.opened.facts.shards
    if not source.opened.places[0].remote:
        return
    mean = max(1.0, len(source) / len(shards))
    at_once = min(len(shards), 2 * max(1, round(settings.window / mean)))
    needed = sum(sorted(shard.bytes for shard in shards)[-at_once:])
    if needed > source.cache.limit:
        raise DataError(
            f"two windows of shards take {needed / GIB:.3g} GiB, the cache may take "
            f"{settings.cache_gib:g}; use a larger --dataset.cache-gib, or a smaller "
            "--dataset.window"
        )


def _identity(opened: OpenedSet) -> str:
    """Hash what is known of all shards; it changes with any of them."""
    text = "|".join(f"{s.name} {s.count} {s.bytes} {s.sha256}" for s in opened.facts.shards)
    return hashlib.sha256(f"{opened.places[0].beside('').address}|{text}".encode()).hexdigest()


@dataclass(frozen=True)
class _Members:
    """Where the pictures of a shard lie, in a fifth of the memory that the index takes."""

    names: NDArray[np.bytes_]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    labels: NDArray[np.int64] | None

    @classmethod
    def of(cls, index: ShardIndex) -> "_Members":
        """Take what reading needs of an index."""
        names = np.array([name.encode() for name in index.names])
        offsets, lengths = np.array(index.offsets), np.array(index.lengths)
        return cls(
            names, offsets, lengths, None if index.labels is None else np.array(index.labels)
        )

    def name(self, place: int) -> str:
        """Return the name of a member."""
        return bytes(self.names[place]).decode()


class ShardSource:
    """Pictures in shards, as ``artgan.plugin.ImageSource`` has it.

    Attributes:
        lengths: Pictures in each shard.
        window: How many of them are shuffled among each other.
        class_names: Names of the labels.
        facts: Plain values for the run's record.
        vary: Random change of a batch, or None.
        shape: What each picture is made.
    """

    def __init__(self, opened: OpenedSet, options: ShardSettings, cache: ShardCache) -> None:
        self.opened, self.cache = opened, cache
        self.shape = Shape(0, 0, 3, options.background)
        self.lengths = [shard.count for shard in opened.facts.shards]
        self.window = options.window
        self.class_names = opened.facts.class_names
        self.vary: Any = None
        if options.flip != "none" or options.rotate or options.crop:
            from artgan.plugin.vary import Vary

            self.vary = Vary(options)
        self.facts: dict[str, Any] = {
            "found": opened.facts.count,
            "skipped": opened.facts.skipped,
            "shards": len(self.lengths),
            "content_sha256": _identity(opened),
        }
        self._starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self._forget()

    def _forget(self) -> None:
        self._guard = threading.Lock()
        self._indices: OrderedDict[int, _Members] = OrderedDict()
        self._here: dict[int, Path] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return all but what is open or known for a moment."""
        kept = dict(self.__dict__)
        for name in ("_guard", "_indices", "_here"):
            del kept[name]
        return kept

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin with nothing open."""
        self.__dict__.update(state)
        self._forget()

    def __len__(self) -> int:
        """Return the number of pictures."""
        return int(self._starts[-1])

    def __getitem__(self, index: int) -> Pixels | tuple[Pixels, int]:
        """Read one picture, with its label if there are labels.

        Raises:
            PictureError: It is damaged; the others are not.
            DataError: Its shard is cut, another one than the index says, or out of reach.
        """
        shard, place = self._place_of(index)
        known = self.members_of(shard)
        data = self._read(shard, known, place)
        name = f"{self.opened.places[shard].name}/{known.name(place)}"
        pixels = decode_member(data, name, self.shape)
        return pixels if known.labels is None else (pixels, int(known.labels[place]))

    def look(self, index: int) -> Look:
        """Find out what a picture is; takes and raises what reading it does."""
        shard, place = self._place_of(index)
        known = self.members_of(shard)
        return look_at_member(self._read(shard, known, place), known.name(place))

    def _place_of(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        shard = int(np.searchsorted(self._starts, index, side="right")) - 1
        return shard, index - int(self._starts[shard])

    def members_of(self, shard: int) -> "_Members":
        """Return what the index of a shard says; the last ones are kept."""
        with self._guard:
            if shard in self._indices:
                self._indices.move_to_end(shard)
                return self._indices[shard]
        found = _Members.of(self.opened.index_of(shard))
        with self._guard:
            self._indices[shard] = found
            while len(self._indices) > INDICES_KEPT:
                self._indices.popitem(last=False)
        return found

    def _read(self, shard: int, known: "_Members", place: int) -> bytes:
        """Read a member with its header, which tells whether the index belongs to the shard."""
        first, length = int(known.offsets[place]), int(known.lengths[place])
        data = self._bytes(shard, first - BLOCK, length + BLOCK)
        address = self.opened.places[shard].address
        if len(data) < length + BLOCK:
            raise cut(address, first - BLOCK + len(data), self.opened.facts.shards[shard].bytes)
        if not _heads(data[:BLOCK], known.name(place), length):
            raise DataError(
                f"'{address}' lacks the member {known.name(place)} at its place: its index "
                "belongs to another shard. Delete the index, or pack the pictures again"
            )
        return data[BLOCK:]

    def _bytes(self, shard: int, first: int, length: int) -> bytes:
        here = self._here.get(shard)
        if here is not None:
            try:
                with here.open("rb") as file:
                    file.seek(first)
                    return file.read(length)
            # Another process needed the room.
            except FileNotFoundError:
                self._here.pop(shard, None)
        return self.opened.places[shard].read(first, length)

    def fetch(self, shards: Sequence[int], keep: Collection[int] = ()) -> None:
        """Copy whole shards into the cache, if they lie far away; those to ``keep`` stay there.

        Raises:
            DataError: They cannot be reached, or there is no room.
        """
        wanted = [int(one) for one in shards if self.opened.places[int(one)].remote]
        wanted = [one for one in wanted if one not in self._here]
        names = {self.opened.facts.shards[int(one)].name for one in (*shards, *keep)}
        self._here = {one: path for one, path in self._here.items() if path.name in names}

        def copy(shard: int) -> None:
            place, facts = self.opened.places[shard], self.opened.facts.shards[shard]
            self._here[shard] = self.cache.fetch(place, facts, names)

        if wanted:
            for_each(copy, wanted, min(FETCHED_AT_ONCE, len(wanted)))


def _heads(header: bytes, name: str, length: int) -> bool:
    """Check whether a header is that of a member of such a name and length."""
    short = header[:100].partition(b"\0")[0].decode("utf-8", "replace")
    size = header[124:136].strip(b"\0 ").lstrip(b"0")
    # Names of 100 bytes and more are told by a header of their own.
    return size == b"%o" % length and (name.endswith(short) or len(name.encode()) >= 100)


def _pick_shape(source: "ShardSource", settings: ShardSettings, context: DataContext) -> Shape:
    """Choose size and channels: those that were packed, else what suits some of the pictures."""
    facts = source.opened.facts
    if facts.height:
        height, width = context.size or (facts.height, facts.width)
        channels = CHANNELS.get(settings.channels, facts.channels)
        return Shape(height, width, channels, settings.background)
    looks = _look_at_some(source)
    height, width = context.size or pick_size([look.size for look in looks], context.side)
    if learns_alpha([look.clear for look in looks]):
        found = 4
    else:
        found = 1 if all(look.grey for look in looks) else 3
    channels = CHANNELS.get(settings.channels, found)
    context.report(
        f"{count_of(len(source), 'picture')} in {count_of(len(source.lengths), 'shard')}; by "
        f"{len(looks)} of them: trained on as {width}x{height}, "
        f"{count_of(channels, 'channel')}."
    )
    return Shape(height, width, channels, settings.background)


def _look_at_some(source: ShardSource) -> list[Look]:
    """Look at some pictures of all parts of a set; damaged ones tell nothing."""
    places = Permutation(len(source), "look").at(np.arange(min(LOOKED_AT, len(source))))

    def look(index: int) -> Look | str:
        try:
            return source.look(index)
        except PictureError as error:
            return str(error)

    with ThreadPoolExecutor(FETCHED_AT_ONCE) as pool:
        found = list(pool.map(look, map(int, places)))
    looks = [one for one in found if isinstance(one, Look)]
    if not looks:
        raise DataError(f"no picture of the shards can be read: {found[0]}")
    return looks
