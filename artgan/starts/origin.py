"""Finds what a run begins from: another run, or a start that a plugin ships."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from safetensors import SafetensorError
from torch import Tensor

from artgan.base.contributions import Entry
from artgan.base.options import build_options, to_plain
from artgan.base.tensors import load_tensors
from artgan.core.checkpoint import read_tensors
from artgan.core.config import Part
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import PluginError, RunError
from artgan.hub.manifest import find_manifest
from artgan.plugin import Sizes, StartWeights
from artgan.starts.hosts import SharedRun, find_hosted
from artgan.starts.names import PREFIX, is_start


@dataclass(frozen=True)
class Origin:
    """Networks with trained weights that a run may begin from.

    Attributes:
        name: What run.toml calls it: the folder of a run, "start:plugin/name", or a host and an
            address there, as in "hf:owner/name@commit".
        architecture: Architecture with its options.
        height: Height in pixels of the pictures it was trained on.
        width: Their width.
        channels: Their channels.
        classes: Number of labels that it knows.
        sha256: Of its file of weights.
        read: Reads the weights; names begin with "generator." and so on.
    """

    name: str
    architecture: Part
    height: int
    width: int
    channels: int
    classes: int
    sha256: str
    read: Callable[[], dict[str, Tensor]]


def find_run(path: str, sha256: str, registry: Registry) -> TrainedRun:
    """Open the run to begin from, its folder or "host:address", which is fetched.

    ``sha256`` is what its weights must have, or "".

    Raises:
        RunError: It is not there, has no checkpoint, or has changed since it was written down.
    """
    return _open_run(path, _fetch_shared(path, registry), sha256, registry)


def _fetch_shared(name: str, registry: Registry) -> SharedRun | None:
    """Fetch the run that a host keeps; None for the folder of a run."""
    hosted = find_hosted(name, registry)
    return hosted.fetch() if hosted else None


def _open_run(path: str, shared: SharedRun | None, sha256: str, registry: Registry) -> TrainedRun:
    run = TrainedRun.open(shared.fetched.folder if shared else path, registry)
    if sha256 and sha256 != run.checkpoint.sha256:
        raise RunError(
            f"run '{path}' has changed since: its best checkpoint holds other weights than "
            "those that were started from. Drop the key 'weights' to start from the new ones."
        )
    return run


def told_of_shared(name: str, registry: Registry) -> tuple[str, ...]:
    """Say who shared a run to begin from, and under which licence; nothing of any other."""
    if is_start(name):
        return ()
    shared = _fetch_shared(name, registry)
    if shared:
        return (shared.told(),)
    about = find_manifest(Path(name))
    if about is None:
        return ()
    by = f" by {about.author}" if about.author else ""
    return (f"Shared run '{name}'{by}, licence {about.licence}, trained on {about.data}.",)


def find_start(name: str, registry: Registry) -> Entry:
    """Look up a start by its name with or without "start:".

    Raises:
        UnknownNameError: There is none of that name.
    """
    return registry.find("start", name.removeprefix(PREFIX))


def find_origin(
    name: str, sha256: str, registry: Registry, size: tuple[int, int] | None = None
) -> Origin:
    """Find what to begin from; a start has weights of several sizes, and the nearest are taken.

    Args:
        name: Folder of a run, "start:" and a name, or a host and an address there.
        sha256: What the weights must have, or "".
        registry: Where starts and architectures are looked up.
        size: (height, width) of the pictures of the new run.

    Raises:
        ArtganError: It is not there, damaged, or has changed since it was written down.
    """
    if is_start(name):
        return _start_origin(find_start(name, registry), sha256, registry, size)
    shared = _fetch_shared(name, registry)
    run = _open_run(name, shared, sha256, registry)
    config = run.config
    return Origin(
        # A commit always means the same files; a tag or branch may not.
        shared.name if shared else str(run.path),
        config.architecture,
        config.height,
        config.width,
        config.channels,
        config.classes,
        run.checkpoint.sha256,
        lambda: read_tensors(run.checkpoint),
    )


def _start_origin(
    entry: Entry, sha256: str, registry: Registry, size: tuple[int, int] | None
) -> Origin:
    fitting = [w for w in entry.declaration.weights if sha256 in ("", file_hash(entry, w.file))]
    if not fitting:
        raise RunError(
            f"{entry.where} {entry.plugin.version} holds other weights than those that were "
            "started from. Drop the key 'weights' to start from these, or install the version "
            "that run.toml names."
        )
    weights = nearest_size(fitting, size)
    architecture = registry.find("architecture", entry.declaration.architecture)
    options = build_options(
        architecture.declaration.options, weights.options, f"{entry.where}: its weights"
    )
    return Origin(
        PREFIX + entry.full_name,
        Part(architecture.full_name, to_plain(options)),
        weights.height,
        weights.width,
        weights.channels,
        weights.classes,
        file_hash(entry, weights.file),
        partial(read_weights, entry, weights.file),
    )


def nearest_size(
    weights: "list[StartWeights] | tuple[StartWeights, ...]", size: tuple[int, int] | None
) -> StartWeights:
    """Choose the weights whose networks have the nearest number of levels, then the nearest area.

    Without a size the first.
    """
    if size is None:
        return weights[0]
    height, width = size

    def away(one: StartWeights) -> tuple[int, float]:
        ratio = (one.height * one.width) / (height * width)
        apart = levels(one.height, one.width) - levels(height, width)
        return abs(apart), max(ratio, 1 / ratio)

    return min(weights, key=away)


def levels(height: int, width: int) -> int:
    """Count how often pictures can be halved; networks of as many levels have the same layers."""
    return Sizes(coarsest=1).halvings(height, width)


def file_hash(entry: Entry, file: Path) -> str:
    """Compute the SHA-256 of a file of weights.

    Raises:
        PluginError: It cannot be read.
    """
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise PluginError(
            f"{entry.where}: its weights '{file}' cannot be read: {error.strerror}"
        ) from error


def read_weights(entry: Entry, file: Path) -> dict[str, Tensor]:
    """Read the tensors of a start; nothing in the file can run code.

    Raises:
        PluginError: The file is damaged.
    """
    try:
        return load_tensors(file)
    except (OSError, SafetensorError) as error:
        raise PluginError(f"{entry.where}: its weights '{file}' are damaged: {error}") from error
