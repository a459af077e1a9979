"""The registry of this process: built-ins and everything else that takes part."""

import importlib.util
from functools import cache
from pathlib import Path

from artgan.core.identity import RESERVED, Plugin
from artgan.core.registry import BrokenPlugin, Registry, import_file, log, with_full_stop
from artgan.plugin_manager import cache as plugin_cache
from artgan.plugin_manager import own_files
from artgan.plugin_manager.discovery import (
    NOTHING_KEPT_OUT,
    Discovery,
    Found,
    Restriction,
    current_restriction,
    discover,
    state_key,
)
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
    )
)


def load_registry(
    *, packages: bool = True, restriction: Restriction = NOTHING_KEPT_OUT
) -> Registry:
    """Load the built-ins and, if asked, everything else that takes part.

    Args:
        packages: Load installed packages, the project's files and the user's own folder.
        restriction: What the command line keeps out.
    """
    return _load_all(discover(restriction) if packages else None)


def _load_all(discovery: Discovery | None) -> Registry:
    registry = Registry()
    core = Plugin("core", __version__, "built-in")
    registry.add(core, lambda: [importlib.import_module(name) for name in BUILT_INS])
    if discovery is None:
        return registry
    registry.pins = discovery.choice.pins
    for found in discovery.found:
        why_not = discovery.choice.why_not(found.plugin.id)
        if why_not:
            registry.left_out[found.plugin.id] = why_not
        else:
            add_found(registry, found)
    return registry


def add_found(registry: Registry, found: Found) -> bool:
    """Load a plugin that discovery found; on failure note why in ``registry.broken``."""
    if found.problem:
        registry.broken.append(BrokenPlugin(found.plugin, found.problem))
        return False
    if found.data:
        own, broken = own_files.read(found.data)
        registry.broken += [BrokenPlugin(found.plugin, reason) for reason in broken]
        return registry.add(found.plugin, lambda: [own])
    if found.points:
        return registry.add(found.plugin, lambda: [point.load() for point in found.points])
    path = Path(found.plugin.path)
    return registry.add(found.plugin, lambda: [import_file(path, found.plugin.version)])


def default_registry() -> Registry:
    """Give the registry of this process, loaded once; what is broken is told on stderr."""
    return _default_registry(current_restriction())


@cache
def _default_registry(restriction: Restriction) -> Registry:
    discovery = discover(restriction)
    registry = _load_all(discovery)
    for line in [*discovery.unknown(restriction), *map(told, registry.broken)]:
        log.warning("%s", line)
    here = {found.plugin.id for found in discovery.found}
    gone = [f.id for f in plugin_cache.recall().values() if f.origin != "project"]
    plugin_cache.remember(
        [fact for f in discovery.found if (fact := _fact(registry, f))],
        forget=[name for name in gone if name not in here],
    )
    return registry


def told(broken: BrokenPlugin) -> str:
    """Say in one line what is broken, why, and what mends it."""
    plugin, reason = broken.plugin, broken.reason
    if not plugin.version or plugin.id in RESERVED:
        return f"Left out: {with_full_stop(reason)}"
    version = "" if plugin.version == "?" else f" {plugin.version}"
    text = f"Plugin {plugin.id}{version} is left out: {with_full_stop(reason)}"
    # What raised nothing was never imported: the reason says what to do.
    if broken.error is None:
        return text
    return (
        f"{text} Look closer: artgan plugins doctor {plugin.id}; "
        f"switch it off: artgan plugins disable {plugin.id}"
    )


def _fact(registry: Registry, found: Found) -> plugin_cache.Fact | None:
    """Give what loading a plugin showed, to be remembered; None if it took no part."""
    plugin = found.plugin
    if plugin.id in registry.left_out or found.problem or found.data:
        return None
    reason = next((b.reason for b in registry.broken if b.plugin == plugin), "")
    brings = registry.brought_by(plugin.id)
    return plugin_cache.Fact(plugin.id, plugin.origin, state_key(found), brings, reason)
