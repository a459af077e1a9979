"""The host of runs: ZIP files in the folder that TEMPLATE_SHELF names."""

import os
import zipfile
from pathlib import Path

from artgan.plugin.hosts import FetchedRun, SharedFolder


def fetch(address: str, folder: Path) -> FetchedRun:
    """Unpack a run."""
    with zipfile.ZipFile(_file(address)) as file:
        file.extractall(folder)
    return FetchedRun(address=address, folder=folder)


def publish(address: str, shared: SharedFolder) -> str:
    """Pack a run, in place of an earlier one."""
    place = _file(address)
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as file:
        for name in shared.files:
            file.write(shared.folder / name, name)
    return address


def _file(address: str) -> Path:
    if not address.isidentifier():
        raise ValueError(f"'{address}' is no name; expected letters, digits and underscores")
    shelf = os.environ.get("TEMPLATE_SHELF", "template-name-shelf")
    return Path(shelf) / f"{address}.zip"
