"""Reads pictures of any kind in a folder and its subfolders."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import DataContext, DataError
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._decode import LARGEST_FILE, SourceFile
from artgan.plugins.datasets._on_demand import OnDemand
from artgan.plugins.datasets._pictures import open_pictures
from artgan.plugins.datasets._tables import Table


def open_folder(options: PicturesOptions, context: DataContext) -> Table | OnDemand:
    """Read the pictures of the folder at ``context.path``.

    Raises:
        DataError: There is no such folder, or too few of its files are usable.
    """
    if context.path is None or not context.path.is_dir():
        raise DataError(f"there is no folder '{context.path}'; expected a folder of pictures")
    return open_pictures(list(_walk(context.path)), str(context.path), options, context)


def _walk(root: Path) -> Iterator[SourceFile]:
    """Yield the files below a folder in order of name, without hidden ones.

    Links to folders are not followed, so that a link to a parent cannot cause an endless loop.
    """
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            path = Path(folder) / name
            shown = f"{path.relative_to(root).as_posix()}/"
            if path.is_symlink():
                yield SourceFile(shown, bytes, problem="link to a folder: not followed")
            elif _is_run(path):
                yield SourceFile(shown, bytes, problem="folder of a run of artgan: not looked into")
        folders[:] = [name for name in folders if not _is_run(Path(folder) / name)]
        for name in sorted(names):
            if not name.startswith("."):
                yield _file(Path(folder) / name, root)
    for error in closed:
        name = Path(error.filename).relative_to(root).as_posix()
        yield SourceFile(f"{name}/", bytes, problem=f"folder cannot be read: {error.strerror}")


def _is_run(folder: Path) -> bool:
    try:
        return (folder / "run.toml").is_file()
    # It may be listed and not entered.
    except OSError:
        return False


def _file(path: Path, root: Path) -> SourceFile:
    """Describe a file; pipes and devices must not be read, since reading them may never end."""
    name = path.relative_to(root).as_posix()
    try:
        facts = path.stat()
    except OSError as error:
        return SourceFile(name, bytes, problem=f"cannot be read: {error.strerror}")
    problem = ""
    if not stat.S_ISREG(facts.st_mode):
        problem = "not a regular file"
    elif facts.st_size > LARGEST_FILE:
        problem = "more than 256 MiB"
    return SourceFile(name, path.read_bytes, f"{facts.st_size} {facts.st_mtime_ns}", problem)
