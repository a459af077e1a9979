"""Finds out what a set of shards holds: from its own file, or from the index of each shard.

Where neither is there, as in sets that others made, the indices are made once and cached.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from artgan.base.paths import replacing
from artgan.base.suggest import count_of
from artgan.errors import ArtganError, DataError
from artgan.shards.index import ShardIndex, cut, index_name, parse_index, scan_shard, write_index
from artgan.shards.names import NAME, UNFINISHED
from artgan.shards.places import Place, find_shards
from artgan.shards.set_file import ShardFacts, ShardSet, parse_set

AT_ONCE = 16
"""Indices that are read at once: a store far away takes its time for each."""


@dataclass(frozen=True)
class OpenedSet:
    """A set of shards: where each lies, what all hold, and the folder of indices made here."""

    places: Sequence[Place]
    facts: ShardSet
    made_here: Path

    def index_of(self, number: int) -> ShardIndex:
        """Read the index of a shard.

        Raises:
            DataError: It is damaged, or belongs to another shard.
        """
        place, facts = self.places[number], self.facts.shards[number]
        index = _read_index(place, self.made_here, facts.bytes)
        if index is None:
            raise DataError(
                f"'{place.address}' has no index any more; open the set again to make it"
            )
        same = index.bytes == facts.bytes and index.count == facts.count
        if not same or (index.sha256 and facts.sha256 and index.sha256 != facts.sha256):
            raise _another(place)
        return index


def open_set(where: str, cache: Path, report: Callable[[str], None]) -> OpenedSet:
    """Open the shards that a folder, an address or a pattern means.

    Raises:
        DataError: There are none, one is cut or damaged, or packing was not finished.
    """
    places = find_shards(where)
    if places[0].beside(UNFINISHED).is_there():
        raise DataError(
            f"the shards at '{where}' are not all packed yet; give the same artgan pack command "
            "again, which goes on with them"
        )
    made_here = cache / "shards" / "indices"
    packed = places[0].beside(NAME)
    known = _listed(parse_set(packed.read(), packed.address), places) if packed.is_there() else None
    facts = known or _look_into(where, places, made_here, report)
    for place, shard in zip(places, facts.shards, strict=True):
        if not place.remote:
            size = place.size()
            if size < shard.bytes:
                raise cut(place.address, size, shard.bytes)
            if size != shard.bytes:
                raise _another(place)
    return OpenedSet(places, facts, made_here)


def _another(place: Place) -> DataError:
    return DataError(
        f"the index of '{place.address}' belongs to another shard; delete the index, or pack the "
        "pictures again"
    )


def _listed(known: ShardSet, places: Sequence[Place]) -> ShardSet | None:
    """Return the facts of the shards that are meant; None if the set's file lacks one."""
    by_name = {shard.name: shard for shard in known.shards}
    if any(place.name not in by_name for place in places):
        return None
    shards = [by_name[place.name] for place in places]
    return msgspec.structs.replace(known, shards=shards)


def _look_into(
    where: str, places: Sequence[Place], made_here: Path, report: Callable[[str], None]
) -> ShardSet:
    """Gather what is known of each shard from its index, which is made if it is not there."""
    with ThreadPoolExecutor(min(AT_ONCE, len(places))) as pool:
        found = list(pool.map(lambda place: _read_index(place, made_here), places))
        missing = [number for number, index in enumerate(found) if index is None]
        if missing:
            report(
                f"{count_of(len(missing), 'shard')} of '{where}' without an index: each is read "
                "once to make it, which is kept for next time."
            )
        made = pool.map(lambda number: _make_index(places[number], made_here), missing)
        for number, index in zip(missing, made, strict=True):
            found[number] = index
    indices = [index for index in found if index]
    left_out = [f"{name}: {why}" for index in indices for name, why in index.skipped.items()]
    if left_out:
        report(f"Left out of the shards: {count_of(len(left_out), 'member')}, {left_out[0]}.")
    labelled = [index.labels is not None for index in indices]
    if any(labelled) and not all(labelled):
        without = indices[labelled.index(False)].shard
        raise DataError(
            f"'{where}' has labels in some shards and none in '{without}'; pack it again, or name "
            "only shards that belong together"
        )
    most = max((max(index.labels) for index in indices if index.labels), default=-1)
    return ShardSet(
        shards=[ShardFacts(i.shard, i.count, i.bytes, i.sha256) for i in indices],
        class_names=[str(number) for number in range(most + 1)],
        skipped=len(left_out),
    )


def _read_index(place: Place, made_here: Path, size: int | None = None) -> ShardIndex | None:
    """Read the index beside a shard, or the one that was made here; None if there is neither."""
    beside = place.beside(index_name(place.name))
    if beside.is_there():
        index = parse_index(beside.read(), beside.address)
        if index.shard != place.name:
            raise _another(place)
        return index
    try:
        path = _cached(place, made_here, place.size() if size is None else size)
        return parse_index(path.read_bytes(), str(path))
    except (OSError, DataError):
        return None


def _make_index(place: Place, made_here: Path) -> ShardIndex:
    size = place.size()
    try:
        with place.open() as file:
            index = scan_shard(file, place.name, size)
    except ArtganError:
        raise
    except OSError as error:
        raise DataError(f"'{place.address}' cannot be read: {error}") from error
    # Without room it is made again next time.
    with suppress(ArtganError, OSError), replacing(_cached(place, made_here, size)) as temporary:
        temporary.write_bytes(write_index(index))
    return index


def _cached(place: Place, made_here: Path, size: int) -> Path:
    """Return where the index of a shard is kept; the name changes with the shard."""
    stamp = "" if place.remote else str(Path(place.address).stat().st_mtime_ns)
    address = place.address if place.remote else os.path.realpath(place.address)
    text = f"{address}|{size}|{stamp}"
    return made_here / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
