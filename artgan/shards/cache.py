"""A bounded folder of shards that were fetched from afar: the least recently used go first."""

import hashlib
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from artgan.base.paths import replacing
from artgan.errors import DataError, DiskFullError
from artgan.shards.index import cut
from artgan.shards.places import Place
from artgan.shards.set_file import ShardFacts


class ShardCache:
    """Copies of whole shards in a folder, at most ``limit`` bytes of them.

    Threads and processes may share it: each shard is fetched once at a time, and one that another
    process deleted is fetched again.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = folder, limit
        self._guard = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {}

    def __reduce__(self) -> tuple[type["ShardCache"], tuple[Path, int]]:
        """Return how to make it again elsewhere; what is on its way here is not part of it."""
        return ShardCache, (self.folder, self.limit)

    def path_of(self, shard: ShardFacts) -> Path:
        """Return where the copy of a shard is or would be."""
        return self.folder / shard.name

    def holds(self, shard: ShardFacts) -> bool:
        """Tell whether the whole shard is there."""
        try:
            return self.path_of(shard).stat().st_size == shard.bytes
        except OSError:
            return False

    def fetch(self, place: Place, shard: ShardFacts, keep: Collection[str] = ()) -> Path:
        """Return the copy of a shard, fetched if it is not there; shards to ``keep`` stay.

        Raises:
            DataError: It cannot be reached, is cut, is another one than was packed, or the
                folder cannot be written.
        """
        path = self.path_of(shard)
        with self._guard:
            own = self._fetching.setdefault(shard.name, threading.Lock())
        with own:
            if self.holds(shard):
                with suppress(OSError):
                    os.utime(path)
                return path
            with self._explaining(), _alone(path):
                if not self.holds(shard):
                    self._make_room(shard, keep)
                    _copy(place, shard, path)
        return path

    def _make_room(self, shard: ShardFacts, keep: Collection[str]) -> None:
        """Delete what was not used for longest, until a shard fits below the limit."""
        with self._guard:
            found = []
            for path in self.folder.glob("*.tar"):
                with suppress(OSError):
                    facts = path.stat()
                    found.append((facts.st_mtime, facts.st_size, path))
            held = sum(size for _, size, _ in found)
            for _, size, path in sorted(found):
                if held + shard.bytes <= self.limit:
                    return
                if path.name not in keep and path.name != shard.name:
                    path.unlink(missing_ok=True)
                    held -= size

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except DiskFullError as error:
            raise DataError(
                f"the cache folder '{self.folder}' is full, with {error.free / 1e6:.1f} MB free; "
                "make room, set ARTGAN_CACHE to a larger disk, or use a smaller --dataset.window"
            ) from error
        except OSError as error:
            raise DataError(
                f"the cache folder '{self.folder}' cannot be written ({error.strerror}); set "
                "ARTGAN_CACHE to a folder of your own"
            ) from error


def _copy(place: Place, shard: ShardFacts, path: Path) -> None:
    """Copy a shard whole or not at all, and compare it with what was packed."""
    digest = hashlib.sha256()
    with replacing(path, durable=False) as temporary:
        size = 0
        with temporary.open("wb") as file:
            for piece in place.pieces():
                digest.update(piece)
                size += file.write(piece)
        if size < shard.bytes:
            raise cut(place.address, size, shard.bytes)
        if size != shard.bytes or (shard.sha256 and digest.hexdigest() != shard.sha256):
            raise DataError(
                f"the index of '{place.address}' belongs to another shard: lengths or hashes "
                "differ. Delete the index, or pack the pictures again"
            )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from fetching the same shard meanwhile, where that is possible."""
    lock = path.with_suffix(".lock")
    try:
        import fcntl
    except ImportError:
        yield
        return
    with lock.open("a") as file:
        # A file system without locks: two may fetch it, and each renames a whole copy.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
