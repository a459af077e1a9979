"""Writes files so that they are complete or not there."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any


def write_whole(target: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Create a file's folder, let ``write`` fill a temporary file in it, and rename that.

    Raises:
        OSError: There is no room, or the folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
