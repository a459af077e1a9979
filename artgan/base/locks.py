"""Keeps two processes from writing the same folder, and notices when the folder is gone."""

import json
import os
import socket
from pathlib import Path
from typing import IO

from artgan.errors import RunError


class FolderLock:
    """A lock on a folder, held until it is released or the process ends.

    Where the system has ``flock``, a lock that a dead process left is free by itself. Elsewhere
    the process number in the file tells whether its owner still runs.
    """

    def __init__(self, folder: Path, name: str = "run.lock") -> None:
        """Take the lock of a folder that exists, or raise an error that names its owner."""
        self.path = folder / name
        self._file: IO[str] = self.path.open("a+", encoding="utf-8")
        if not _lock(self._file):
            owner = _owner(self._file)
            named = f"process {owner[1]} on {owner[0]}" if owner else "another process"
            # Closed first, so that nothing of another process is deleted.
            self._file.close()
            raise RunError(
                f"'{folder}' is being written by {named}. Wait until it ends, or stop it; if it is "
                f"gone, delete '{self.path}'"
            )
        self._file.truncate(0)
        json.dump({"host": socket.gethostname(), "process": os.getpid()}, self._file)
        self._file.flush()

    @property
    def in_place(self) -> bool:
        """Whether the folder is still where it was, with this lock in it."""
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))
        except OSError:
            return False

    def check(self) -> None:
        """Raise a RunError if the folder was deleted or moved."""
        if not self.in_place:
            raise RunError(
                f"'{self.path.parent}' was deleted, moved or replaced while it was being written; "
                "nothing more is written there"
            )

    def release(self) -> None:
        """Release the lock and delete its file."""
        if self._file.closed:
            return
        if self.in_place:
            self.path.unlink()
        self._file.close()

    def __del__(self) -> None:
        self.release()


def _lock(file: IO[str]) -> bool:
    """Lock an open file; False if another process holds it."""
    try:
        import fcntl
    except ImportError:
        return not _runs(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # This file system has no locks: the number of the process has to do.
        return not _runs(file)
    return True


def _runs(file: IO[str]) -> bool:
    """Check whether the process that a lock's file names runs on this host."""
    host, process = _owner(file) or (socket.gethostname(), os.getpid())
    if host != socket.gethostname() or process == os.getpid():
        return host != socket.gethostname()
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def _owner(file: IO[str]) -> tuple[str, int] | None:
    """Read host and process of a lock's owner; None if its file does not tell."""
    file.seek(0)
    try:
        facts = json.loads(file.read())
        return str(facts["host"]), int(facts["process"])
    except (ValueError, KeyError, TypeError):
        return None
