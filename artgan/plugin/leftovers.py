"""Temporary folders, which a later start deletes if their process was killed.

What is written goes there first, so that libraries may do as they like until it is renamed. Each
folder is locked as long as its process lives; the system releases the lock however that ends.
Without such locks (Windows, some network disks) nothing tells whether a process still writes, and
the folders of killed processes stay.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = re.compile(r"\..+\.artgan-[0-9a-f]{16}")
"""What temporary folders are called: ".poster.png.artgan-0123456789abcdef"."""

_cleared: set[str] = set()


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``path``; delete it at the end, with what is left in it.

    Before the first of a process beside ``path``, those of killed processes are deleted there.

    Raises:
        OSError: It cannot be made.
    """
    parent = str(path.parent.absolute())
    if parent not in _cleared:
        _cleared.add(parent)
        clear_leftovers(path.parent)
    # Named before it is made: a signal may raise an exception at any instant from here on.
    made = path.with_name(f".{path.name}.artgan-{secrets.token_hex(8)}")
    handle = None
    try:
        handle = _make_locked(made)
        yield made
    finally:
        _delete(made)
        if handle is not None:
            os.close(handle)


def scratch_path(purpose: str) -> Path:
    """Return a name beside which a ``temporary_folder`` is one of the system's temporary files."""
    return Path(tempfile.gettempdir(), purpose)


def clear_leftovers(folder: Path) -> None:
    """Delete what killed processes left half-written in a folder."""
    for path in folder.glob(".*.artgan-*"):
        if NAME.fullmatch(path.name):
            # It may be gone, no folder, or somebody else's.
            with suppress(OSError):
                _delete_if_unlocked(path)


def _make_locked(made: Path) -> int | None:
    """Make a folder and lock it; return the handle that holds the lock, None without locks."""
    while True:
        made.mkdir(mode=0o700)
        if os.name == "nt":
            return None
        # Whoever clears at this moment may take it before it is locked.
        with suppress(FileNotFoundError):
            handle = os.open(made, os.O_RDONLY)
            _lock(handle, wait=True)
            if os.fstat(handle).st_nlink:
                return handle
            os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock an open folder; return whether that is possible."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    # Another process holds it, or this disk has no locks.
    except OSError:
        return False
    return True


def _delete_if_unlocked(path: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_uid == os.geteuid() and _lock(handle, wait=False):
            _delete(path)
    finally:
        os.close(handle)


def _delete(path: Path) -> None:
    try:
        shutil.rmtree(path, ignore_errors=True)
    # A signal, of which there is one: the next ones are ignored.
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
