"""Writes files so that they are complete or not there."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from artgan.plugin.leftovers import temporary_folder


def write_whole(target: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Create a file's folder, let ``write`` fill a temporary file in it, and rename that.

    Raises:
        OSError: There is no room, or the folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(target) as folder:
        temporary = folder / target.name
        with temporary.open("wb") as file:
            write(file)
        temporary.replace(target)
