"""Shares runs as ZIP files on a shelf: the folder that ARTGAN_SHELF names, as of a studio."""

import os
import zipfile
from pathlib import Path

from artgan.plugin import RunHost, hookimpl
from artgan.plugin.hosts import FetchedRun


def book(address):
    if not address.isidentifier():
        raise ValueError(f"'{address}' is no name for a book; expected such as 'mushrooms'")
    return Path(os.environ.get("ARTGAN_SHELF", "shelf")) / f"{address}.zip"


def fetch(address, folder):
    with zipfile.ZipFile(book(address)) as pages:
        pages.extractall(folder)
    return FetchedRun(address=address, folder=folder)


def publish(address, shared):
    place = book(address)
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as pages:
        for name in shared.files:
            pages.write(shared.folder / name, name)
    return address


@hookimpl
def artgan_run_hosts():
    yield RunHost(
        name="shelf",
        summary="ZIP files in a folder.",
        example="mushrooms",
        fetch=fetch,
        publish=publish,
    )
