"""Decides what a run begins from: what the user names, else the start nearest to the pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.contributions import Entry
from artgan.base.options import build_options, to_plain
from artgan.base.suggest import join_names
from artgan.core.registry import Registry
from artgan.errors import OptionError
from artgan.hub.manifest import find_manifest
from artgan.planning.settings import PartSettings, Settings
from artgan.plugin import DataFacts
from artgan.starts.names import NONE, PREFIX, is_start

if TYPE_CHECKING:
    from artgan.starts.origin import Origin

CLEAR_SIDE = 32
"""Side up to which cut-outs begin with a start (docs/decisions.md)."""
OTHER_NETWORKS = (
    "Start none: your options may not fit the networks of a start; --from takes one all the same."
)
COLORS = {1: "grey", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class Beginning:
    """What a run begins from.

    ``options`` are those of the architecture that the weights of a start need, and ``trained``
    those that any weights were trained with, but for layers that may be added to them.
    """

    base: str = ""
    weights: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def misfits(self, options: Mapping[str, Any]) -> list[str]:
        """Say in a sentence that weights are lost where networks get other options, if they do."""
        other = [
            f"{name.replace('_', '-')} {str(value).lower()}"
            for name, value in self.trained.items()
            if options.get(name, value) != value
        ]
        if not other:
            return []
        return [f"Weights: of networks with {join_names(other, 'and')}; what fits no more is lost."]


def name_networks(settings: Settings, registry: Registry) -> Settings:
    """Fill in what a run or start that the user names decides before pictures are opened.

    That is the architecture and, of a run, its options, pictures and size.
    """
    if settings.base in ("", NONE):
        return settings
    # These need torch, which a plan for the help of flags does not.
    from artgan.starts.origin import find_run, find_start

    networks = settings.architecture
    if is_start(settings.base):
        entry = find_start(settings.base, registry)
        name = registry.find("architecture", entry.declaration.architecture).full_name
        _refuse_other(networks.name, name, f"{entry.where}")
        return replace(settings, architecture=replace(networks, name=name))
    run = find_run(settings.base, settings.base_weights, registry)
    config = run.config
    name = config.architecture.name
    _refuse_other(networks.name, name, f"run '{settings.base}'")
    if config.path and not settings.dataset.name and find_manifest(run.path):
        raise OptionError(
            f"the pictures of shared run '{settings.base}' ({config.path}) do not come with it; "
            "--dataset names yours"
        )
    recorded = {**config.architecture.options, **(networks.recorded or {})}
    pictures = PartSettings(config.dataset.name, config.dataset.options, config.path)
    return replace(
        settings,
        architecture=PartSettings(name, networks.options, recorded=recorded),
        dataset=settings.dataset.over(pictures),
        size=settings.size or (config.height, config.width),
    )


def _refuse_other(wanted: str, name: str, where: str) -> None:
    if wanted not in ("", name, name.rpartition("/")[2]):
        raise OptionError(f"{where} is of architecture '{name}'; its weights do not fit '{wanted}'")


def choose_beginning(
    settings: Settings,
    facts: DataFacts,
    images: NDArray[np.uint8],
    chosen: tuple[Entry, Entry],
    registry: Registry,
) -> Beginning:
    """Find the weights to begin from: those the user names, else of a start that is near.

    ``chosen`` are the architecture and the dataset; ``images`` are uint8 (N, H, W, C).
    """
    if settings.base == NONE:
        return Beginning()
    from artgan.starts.origin import find_origin, told_of_shared

    architecture, dataset = chosen
    name, told = settings.base, tuple[str, ...]()
    if not name and _may_help(settings, facts, dataset):
        name, told = _nearest(images, facts, architecture, registry)
        added = architecture.declaration.added_options
        if name and settings.architecture.options.keys() - set(added):
            name, told = "", (OTHER_NETWORKS,)
    if not name:
        return Beginning(reasons=told)
    origin = find_origin(name, settings.base_weights, registry, (facts.height, facts.width))
    trained = _trained_options(origin, architecture)
    options = trained if is_start(name) else {}
    told = (*told, *told_of_shared(name, registry), *_misfits(origin, facts))
    return Beginning(origin.name, origin.sha256, options, trained, told)


def _trained_options(origin: "Origin", architecture: Entry) -> dict[str, Any]:
    """Return the options that weights were trained with, but for layers that may be added."""
    declared = architecture.declaration
    without = to_plain(build_options(declared.options, {}, architecture.where))
    return {
        name: value
        for name, value in origin.architecture.options.items()
        if name not in declared.added_options or value != without[name]
    }


def _may_help(settings: Settings, facts: DataFacts, dataset: Entry) -> bool:
    """Tell whether a start may be taken unasked: for one's own pictures, in its own networks.

    A GPU trains far beyond what a start brings; larger cut-outs fare better from nothing.
    """
    larger = facts.channels == 4 and max(facts.height, facts.width) > CLEAR_SIDE
    free = dataset.declaration.takes_path and not settings.preset
    return free and not larger and facts.device == "cpu"


def _nearest(
    images: NDArray[np.uint8], facts: DataFacts, architecture: Entry, registry: Registry
) -> tuple[str, tuple[str, ...]]:
    """Return the name of the nearest start of that size, or "", and why in a sentence."""
    from artgan.starts.choose import draws_blocks, fits, rank_starts

    size = facts.height, facts.width
    ranked = [
        candidate
        for candidate in rank_starts(images, registry)
        if fits(candidate.entry, architecture, size)
        and draws_blocks(candidate.entry) == (facts.look == "pixel-art")
    ]
    if not ranked:
        return "", ()
    best = ranked[0]
    name = best.entry.declaration.name
    if not best.near:
        return "", (
            f"Start none: {name}, the nearest that ships, is too far from these pictures "
            f"(distance {best.distance:.1f}).",
        )
    return f"{PREFIX}{name}", (
        f"Start {name}: trained weights that are near these pictures (distance "
        f"{best.distance:.1f}), so that few minutes go further; --from none begins with none.",
    )


def _misfits(origin: "Origin", facts: DataFacts) -> list[str]:
    """Say in a sentence each what of the weights does not fit the pictures as it is."""
    from artgan.starts.origin import levels

    told = []
    size, own = f"{origin.width}x{origin.height}", f"{facts.width}x{facts.height}"
    if size != own:
        same = levels(origin.height, origin.width) == levels(facts.height, facts.width)
        how = (
            "the coarsest layer is stretched."
            if same
            else "the layers next to the picture are taken, the coarsest ones are new."
        )
        told.append(f"Size {own}: the weights are for {size}; {how}")
    if origin.channels != facts.channels:
        told.append(
            f"Channels: the weights are for {COLORS[origin.channels]} pictures; they are "
            f"converted to {COLORS[facts.channels]}."
        )
    if origin.classes != facts.classes and origin.classes:
        told.append("Labels: the weights know others; the new ones begin as their mean.")
    return told
