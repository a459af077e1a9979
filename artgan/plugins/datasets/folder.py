"""Pictures of any kind in a folder and its subfolders."""

import os
from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import DataContext, DataError
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._pictures import SourceFile, open_pictures
from artgan.plugins.datasets._tables import Table


def open_folder(options: PicturesOptions, context: DataContext) -> Table:
    """Give the pictures of the folder at ``context.path``.

    Raises:
        DataError: There is no such folder, or too few of its files are usable.
    """
    if context.path is None or not context.path.is_dir():
        raise DataError(f"there is no folder '{context.path}'; expected a folder of pictures")
    return open_pictures(list(_walk(context.path)), str(context.path), options, context)


def _walk(root: Path) -> Iterator[SourceFile]:
    """Yield the files below a folder in order of name, without hidden ones.

    Links to folders are not followed, so that a link to a parent cannot lead round in circles.
    """
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(folder) / name
                yield SourceFile(path.relative_to(root).as_posix(), path.read_bytes)
