"""Loads artgan's own contributions and plugins into a registry."""

import importlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

from artgan.base.contributions import Entry
from artgan.base.identity import RESERVED, Plugin
from artgan.base.source_file import import_file
from artgan.core.registry import BrokenPlugin, Registry, log, with_full_stop
from artgan.plugin.files import connect_files
from artgan.plugin_manager import own_files
from artgan.plugin_manager.discovery import GROUP, Discovery, FoundPlugin, discover
from artgan.plugin_manager.plugin_settings import connect_settings
from artgan.plugin_manager.selection import NO_RESTRICTION, PROCESS, Restriction
from artgan.version import __version__

BUILT_INS = tuple(
    f"artgan.plugins.{folder}"
    for folder in (
        "architectures",
        "losses",
        "regularizers",
        "augmentations",
        "datasets",
        "filters",
        "styles",
        "palettes",
        "extractors",
        "starts",
        "metrics",
        "readers",
        "writers",
        "palette_formats",
        "animation_formats",
        "exporters",
        "run_hosts",
        "traits",
        "panels",
        "updates",
        "optimizers",
        "schedules",
        "latents",
        "samplers",
    )
)


def load_registry(*, packages: bool = True, restriction: Restriction = NO_RESTRICTION) -> Registry:
    """Load artgan's own contributions into a new registry and, with ``packages``, all plugins."""
    return _load(discover(restriction) if packages else None)


def _load(discovery: Discovery | None) -> Registry:
    registry = Registry()
    core = Plugin("core", __version__, "built-in")
    registry.add(core, lambda: [importlib.import_module(name) for name in BUILT_INS])
    if discovery is None:
        return registry
    registry.pins = discovery.selection.pins
    for found in discovery.found:
        why_not = discovery.why_not(found)
        if why_not:
            registry.left_out[found.plugin.id] = why_not
        else:
            add_found(registry, found)
    return registry


def add_found(registry: Registry, found: FoundPlugin) -> bool:
    """Load a plugin that discovery found; on failure note why in ``registry.broken``."""
    if found.problem:
        registry.broken.append(BrokenPlugin(found.plugin, found.problem))
        return False
    if found.data:
        own, broken = own_files.read(found.data)
        registry.broken += [BrokenPlugin(found.plugin, reason) for reason in broken]
        return registry.add(found.plugin, lambda: [own])
    if found.points:
        points = [EntryPoint("plugin", reference, GROUP) for reference in found.points]
        return registry.add(found.plugin, lambda: [point.load() for point in points])
    path = Path(found.plugin.path)
    return registry.add(found.plugin, lambda: [import_file(path, found.plugin.version)])


def default_registry() -> Registry:
    """Return the registry of this process, loaded at the first call; log what is broken."""
    return _load_and_log(PROCESS.restriction)


_LOADING: list[Restriction] = []


def files_of_plugins(kind: str) -> list[Entry]:
    """List the readers or writers of plugins; none while they are being loaded.

    A palette of the user's may be a picture, which is read while plugins are loaded.
    """
    return [] if _LOADING else default_registry().entries(kind)


# Files are read and written by parts that know of no registry.
connect_files(files_of_plugins)


def registry_with(plugins: Sequence[str | Path] = (), registry: Registry | None = None) -> Registry:
    """Return a registry, by default that of this process, after loading plugin files into it.

    They stay in it, so that runs which were opened with them go on knowing them.

    Raises:
        PluginError: A file is not there, or cannot be loaded.
    """
    chosen = default_registry() if registry is None else registry
    for path in plugins:
        chosen.add_file(Path(path))
    return chosen


@cache
def _load_and_log(restriction: Restriction) -> Registry:
    _LOADING.append(restriction)
    try:
        discovery = discover(restriction)
        registry = _load(discovery)
    finally:
        _LOADING.pop()
    connect_settings(registry, discovery.given)
    problems = [*discovery.unknown_names(restriction), *discovery.untrusted_projects()]
    problems += map(describe_broken, registry.broken)
    for line in problems:
        log.warning("%s", line)
    return registry


def describe_broken(broken: BrokenPlugin) -> str:
    """Say in one line which plugin is broken, why, and what to do."""
    plugin, reason = broken.plugin, with_full_stop(broken.reason)
    if not plugin.version or plugin.id in RESERVED:
        return f"Left out: {reason}"
    version = "" if plugin.version == "?" else f" {plugin.version}"
    text = f"Plugin {plugin.id}{version} is left out: {reason}"
    # What raised nothing was never imported: the reason says what to do.
    if broken.error is None:
        return text
    return (
        f"{text} Look closer: artgan plugins doctor {plugin.id}; "
        f"switch it off: artgan plugins disable {plugin.id}"
    )
