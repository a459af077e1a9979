"""The user's folders, and files that are written whole or not at all."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artgan.errors import ArtganError, DiskFullError, RunError
from artgan.plugin.leftovers import clear_leftovers, temporary_folder

NOWHERE = Path(os.devnull, "artgan")
"""Stands for folders of a user without home: there is nothing in it, and nothing can be written."""


def cache_folder() -> Path:
    """Return the folder for things that can be made again; ``ARTGAN_CACHE`` moves it."""
    return _users_folder("ARTGAN_CACHE", "user_cache_dir")


def config_folder() -> Path:
    """Return the folder of the user's styles, palettes and plugins; ``ARTGAN_HOME`` moves it."""
    return _users_folder("ARTGAN_HOME", "user_config_dir")


def _users_folder(variable: str, name: str) -> Path:
    """Return the folder of an environment variable, else of platformdirs, else ``NOWHERE``.

    A user id without an account, as of ``docker --user``, has no home, or one of somebody else that
    it may not enter.
    """
    import platformdirs

    if os.environ.get(variable):
        return Path(os.environ[variable])
    try:
        folder = Path(getattr(platformdirs, name)("artgan"))
        folder.exists()
    except (RuntimeError, OSError):
        return NOWHERE
    return folder


@contextmanager
def replacing(path: Path, keep: bool = False, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path, named alike; its file replaces ``path`` if the block succeeds.

    The bytes are on the disk before the name changes, so that a power cut leaves the old file or
    the new one; what can be made again in no time need not be ``durable``. What killed processes
    left in the folder is deleted before its first file is written.

    Raises:
        RunError: ``keep``, and a different file is there; or the file cannot be written.
        DiskFullError: The disk is full; the old file stays.
    """
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(path) as folder:
            temporary = folder / path.name
            yield temporary
            if durable:
                with temporary.open("rb+") as written:
                    os.fsync(written.fileno())
            if not (keep and _is_there(path, temporary)):
                temporary.chmod(0o666 & ~_umask())
                temporary.replace(path)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into an error that names it and the remedy."""
    try:
        yield
    except ArtganError:
        raise
    # Libraries report a full disk by errors of their own.
    except Exception as error:
        if isinstance(error, OSError) or disk_is_full(error):
            raise writing_failed(path, error) from error
        raise


def writing_failed(path: Path, error: Exception, *then: str) -> RunError:
    """Build the error for a file that cannot be written; ``then`` says what to do once it can."""
    if disk_is_full(error):
        folder = next((f for f in path.absolute().parents if f.is_dir()), Path.cwd())
        return DiskFullError(path, shutil.disk_usage(folder).free, *then)
    reason = error.strerror if isinstance(error, OSError) else None
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        reason = f"{reason}; allow it, or choose another place, as with --out"
    if NOWHERE in path.parents:
        reason = "there is no home folder to keep it in; set ARTGAN_HOME to a folder of your own"
        return RunError(f"'{path.relative_to(NOWHERE)}' cannot be written: {reason}")
    return RunError(f"'{path}' cannot be written: {reason or error}")


def disk_is_full(error: Exception) -> bool:
    """Check whether an error means that the disk, or the user's share of it, is full."""
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    text = str(error).lower()
    by_text = "no space left" in text or any(f"os error {number}" in text for number in full)
    return by_text or (isinstance(error, OSError) and error.errno in full)


def _is_there(path: Path, temporary: Path) -> bool:
    """Check whether the same file is there already; refuse a different one."""
    if path.exists() and path.read_bytes() != temporary.read_bytes():
        raise RunError(f"'{path}' is already there and differs; use --overwrite or another folder")
    return path.exists()


def rename_folder(made: Path, target: Path) -> None:
    """Rename a ``temporary_folder`` to what nothing is called yet, with the usual permissions."""
    made.chmod(0o777 & ~_umask())
    made.rename(target)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files that killed processes left in a folder, those of artgan 0.1 too.

    Whoever calls holds the folder's lock: the names of artgan 0.1 do not tell who writes them.
    """
    clear_leftovers(folder)
    for path in folder.glob(".*"):
        found = re.fullmatch(r"\..+(\.\w+)\.[a-z0-9_]{8}(\.\w+)", path.name)
        if found and found[1] == found[2]:
            path.unlink(missing_ok=True)


def exists(text: str) -> bool:
    """Check whether a text is the path of something; most texts are none, whatever they hold."""
    try:
        return Path(text).exists()
    # Too long for a name, or with characters that none may have.
    except (OSError, ValueError):
        return False


def refuse_outside_links(folder: Path) -> None:
    """Refuse to write into a folder from which a link leads out: it may be somebody else's."""
    home = folder.resolve()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise RunError(
                f"'{path}' is a link to '{path.resolve()}', outside of '{folder}': nothing is "
                "written there. Delete the link, or copy what it leads to"
            )


def is_file(path: Path) -> bool:
    """Tell whether a path is a file; unlike ``Path.is_file`` False where one may not look."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder; unlike ``Path.is_dir`` False where one may not look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_closed(folder: Path) -> bool:
    """Tell whether the files of a folder cannot be listed, or not be opened."""
    try:
        with os.scandir(folder):
            (folder / "any").lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def write_text(path: Path, text: str, *, keep: bool = False, durable: bool = True) -> None:
    """Write a text file whole or not at all; takes what ``replacing`` takes.

    Of file names that are not UTF-8, the odd bytes are spelled out, in JSON as JSON has it.
    """
    with replacing(path, keep, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
