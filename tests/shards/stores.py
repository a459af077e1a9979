"""Object stores for tests: in memory, some of which fail or take their time."""

import time
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.memory import MemoryFileSystem


class Told(MemoryFileSystem):  # type: ignore[misc]
    """Counts reads, and may fail or wait at each."""

    protocol = "told"
    reads = 0
    fails_every = 0
    seconds = 0.0
    error: Exception = OSError("the connection was reset")
    cachable = False

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(str(path).replace("told://", "memory://"))

    def cat_file(self, path: str, start: Any = None, end: Any = None, **more: Any) -> bytes:
        Told.reads += 1
        time.sleep(Told.seconds)
        if Told.fails_every and Told.reads % Told.fails_every == 0:
            raise Told.error
        data: bytes = super().cat_file(path, start=start, end=end, **more)
        return data


fsspec.register_implementation("told", Told, clobber=True)


def upload(folder: Path, bucket: str) -> str:
    """Copy a folder into memory; return its address."""
    store = fsspec.filesystem("memory")
    for path in folder.iterdir():
        store.pipe_file(f"/{bucket}/{path.name}", path.read_bytes())
    return f"memory://{bucket}"


def quiet() -> None:
    """Let the store work as it should."""
    Told.reads, Told.fails_every, Told.seconds = 0, 0, 0.0
    Told.error = OSError("the connection was reset")
