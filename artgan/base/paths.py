"""The user's folders, and files that are written whole or not at all."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artgan.errors import RunError


def cache_folder() -> Path:
    """Return the folder for things that can be made again; ``ARTGAN_CACHE`` moves it."""
    import platformdirs

    return Path(os.environ.get("ARTGAN_CACHE") or platformdirs.user_cache_dir("artgan"))


def config_folder() -> Path:
    """Return the folder of the user's styles, palettes and plugins; ``ARTGAN_HOME`` moves it."""
    import platformdirs

    return Path(os.environ.get("ARTGAN_HOME") or platformdirs.user_config_dir("artgan"))


@contextmanager
def replacing(path: Path, keep: bool = False, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; it replaces ``path`` if the block succeeds.

    The bytes are on the disk before the name changes, so that a power cut leaves the old file or
    the new one.

    Args:
        path: The final name.
        keep: Refuse to replace a different file that is already there.
        durable: Wait for the disk; what can be made again in no time need not.

    Raises:
        RunError: ``keep``, and a different file is there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if durable:
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
        if keep and path.exists():
            if path.read_bytes() == temporary.read_bytes():
                return
            raise RunError(
                f"'{path}' is already there and differs; use --overwrite or another folder"
            )
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files that ``replacing`` left in a folder when its process was killed.

    Nothing else may be writing there.
    """
    for path in folder.glob(".*"):
        found = re.fullmatch(r"\..+(\.\w+)\.[a-z0-9_]{8}(\.\w+)", path.name)
        if found and found[1] == found[2]:
            path.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file whole or not at all."""
    with replacing(path, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8")
