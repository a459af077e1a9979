"""Finds the dataset that a name or a path means, and opens it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.base.options import build_options
from artgan.base.paths import cache_folder, exists
from artgan.base.suggest import count_of
from artgan.core.config import RunConfig
from artgan.core.data import ImageTable, read_table
from artgan.core.registry import Entry, Registry
from artgan.errors import DataError
from artgan.plugin import DataContext

if TYPE_CHECKING:
    from artgan.core.run_folder import RunFolder

DEFAULT_DATASET = "mnist"

SIDES = {"cpu": 64, "mps": 64, "cuda": 128}
"""Side of large pictures that a device trains on in reasonable time, unless --size is given."""


def usual_side(device: str) -> int:
    """Return the side of large pictures on a device such as "cuda:0", unless --size is given."""
    return SIDES.get(device.split(":")[0], SIDES["cpu"])


def looks_like_path(name: str) -> bool:
    """Tell whether a dataset was given as a path rather than a name."""
    return name.startswith((".", "~", "/")) or "\\" in name or Path(name).suffix == ".zip"


def choose_dataset(
    registry: Registry, name: str = "", path: str = "", options: Mapping[str, Any] | None = None
) -> tuple[Entry, Path | None, Any]:
    """Find the dataset that is meant by a name, or by the path of a folder or archive.

    A name of "" means a folder or .zip if there is a path, else the default. A dataset that needs a
    path may have it behind its name, as in "fonts:./my-fonts".

    Returns:
        The dataset, its path or None, and its options, checked.

    Raises:
        DataError: The path does not exist.
    """
    name = name or ("" if path else DEFAULT_DATASET)
    entries = registry.entries("dataset")
    names = {called for e in entries for called in (e.declaration.name, e.full_name)}
    head, colon, behind = name.partition(":")
    if colon and head in names:
        name, path = head, behind
        if not registry.find("dataset", head).declaration.takes_path:
            raise DataError(f"dataset '{head}' takes no path; leave out ':{behind}'")
    if name not in names and (looks_like_path(name) or exists(name)):
        name, path = "", name
    place = Path(path).expanduser() if path else None
    if place is not None and not place.exists():
        raise DataError(
            f"there is no file or folder '{place}'; expected a folder of pictures or a .zip"
        )
    if not name and place is not None:
        name = "folder" if place.is_dir() else "zip"
    entry = registry.find("dataset", name)
    if entry.declaration.takes_path and place is None:
        called = entry.declaration.name
        raise DataError(f"{entry.where} needs a path, as in --dataset {called}:./my-pictures")
    return entry, place, build_options(entry.declaration.options, options or {}, entry.where)


def open_dataset(
    dataset: Entry,
    path: Path | None,
    options: Any,
    size: tuple[int, int] | None,
    report: Callable[[str], None] = lambda _: None,
    side: int = SIDES["cpu"],
) -> ImageTable:
    """Open a dataset and read it as one table; ``side`` is that of large pictures without size."""
    context = DataContext(size=size, cache=cache_folder(), path=path, report=report, side=side)
    return read_table(dataset.call("open", options, context), dataset.where)


def open_again(config: RunConfig, registry: Registry, folder: "RunFolder") -> ImageTable:
    """Open the pictures of an existing run; they keep the clusters found when it started.

    Raises:
        DataError: They are gone, or no longer what the run was made for.
    """
    if config.path and not exists(str(Path(config.path).expanduser())):
        raise DataError(
            f"the pictures of run '{folder.path}' are gone: there is no '{config.path}', which "
            f"counts from where the run started. Go there, or correct {folder.config_file}"
        )
    entry, path, options = choose_dataset(
        registry, config.dataset.name, config.path, config.dataset.options
    )
    table = open_dataset(entry, path, options, (config.height, config.width))
    if config.training.clusters:
        table = replace(table, labels=folder.read_clusters(table.count), class_names=())
    if table.images.shape[3] != config.channels or (
        config.classes and table.classes != config.classes
    ):
        raise DataError(
            f"the pictures of {entry.where} are not those that the run was made for: "
            f"{count_of(table.images.shape[3], 'channel')} and {count_of(table.classes, 'label')}, "
            f"the run has {config.channels} and {config.classes}"
        )
    return table
