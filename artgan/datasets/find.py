"""Finds the dataset that a name or a path means, and opens it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.base.paths import cache_folder, exists
from artgan.base.suggest import count_of
from artgan.core.config import RunConfig
from artgan.core.data import ImageTable
from artgan.core.registry import Registry
from artgan.datasets.read import read_table
from artgan.errors import DataError
from artgan.plugin import DataContext
from artgan.shards.names import holds_shards, is_address

if TYPE_CHECKING:
    from artgan.core.run_folder import RunFolder

DEFAULT_DATASET = "mnist"

Location = Path | str | None
"""Where a dataset's pictures are: a path, an address such as "s3://bucket/a.tar", or nowhere."""

SIDES = {"cpu": 64, "mps": 64, "cuda": 128}
"""Side of large pictures that a device trains on in reasonable time, unless --size is given."""


def usual_side(device: str) -> int:
    """Return the side of large pictures on a device such as "cuda:0", unless --size is given."""
    return SIDES.get(device.split(":")[0], SIDES["cpu"])


def looks_like_path(name: str) -> bool:
    """Tell whether a dataset was given as a path rather than a name."""
    ending = Path(name).suffix
    return name.startswith((".", "~", "/")) or "\\" in name or ending in (".zip", ".tar")


def choose_dataset(
    registry: Registry, name: str = "", path: str = "", options: Mapping[str, Any] | None = None
) -> tuple[Entry, Location, Any]:
    """Find the dataset that is meant by a name, or by the path of a folder or archive.

    A name of "" means a folder, .zip or shards if there is a path, else the default. A dataset that
    needs a path may have it behind its name, as in "fonts:./my-fonts".

    Returns:
        The dataset, its path, address or None, and its options, checked.

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
    # A folder may be called like a dataset that needs one, as "shards".
    free = name not in names or (not path and registry.find("dataset", name).declaration.takes_path)
    if free and (is_address(name) or looks_like_path(name) or exists(name)):
        name, path = "", name
    place = _place(path)
    entry = registry.find("dataset", name or _kind_of(place))
    if isinstance(place, str) and not entry.declaration.takes_address:
        raise DataError(f"{entry.where} needs a path here, not an address such as '{place}'")
    if entry.declaration.takes_path and place is None:
        called = entry.declaration.name
        raise DataError(f"{entry.where} needs a path, as in --dataset {called}:./my-pictures")
    return entry, place, build_options(entry.declaration.options, options or {}, entry.where)


def _place(path: str) -> Location:
    """Return an address, a path that exists, or None for ""."""
    if not path or is_address(path):
        return path or None
    place = Path(path).expanduser()
    if not place.exists():
        raise DataError(
            f"there is no file or folder '{place}'; expected a folder of pictures, a .zip, or "
            "shards (.tar)"
        )
    return place


def _kind_of(place: Location) -> str:
    """Return the built-in dataset that reads what lies at a place."""
    if not isinstance(place, Path):
        return "shards"
    if place.is_dir():
        return "shards" if holds_shards(place) else "folder"
    return "shards" if place.suffix == ".tar" else "zip"


def open_dataset(
    dataset: Entry,
    path: Location,
    options: Any,
    size: tuple[int, int] | None,
    report: Callable[[str], None] = lambda _: None,
    side: int = SIDES["cpu"],
) -> ImageTable:
    """Open a dataset; ``side`` is that of large pictures without size.

    What is slow to read is packed first, into the cache.
    """
    context = context_for(path, size=size, report=report, side=side)
    source = dataset.call("open", options, context)
    if getattr(source, "slow", False):
        from artgan.datasets.packed import open_packed

        source = open_packed(source, (dataset.full_name, path, options), context)
    return read_table(source, dataset.where, report)


def context_for(place: Location, **more: Any) -> DataContext:
    """Return what a dataset gets that is opened at a path or address."""
    address, path = (place, None) if isinstance(place, str) else ("", place)
    return DataContext(cache=cache_folder(), path=path, address=address, **more)


def open_again(config: RunConfig, registry: Registry, folder: "RunFolder") -> ImageTable:
    """Open the pictures of an existing run; they keep the clusters found when it started.

    Raises:
        DataError: They are gone, or no longer what the run was made for.
    """
    path_is_gone = config.path and not exists(str(Path(config.path).expanduser()))
    if path_is_gone and not is_address(config.path):
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
