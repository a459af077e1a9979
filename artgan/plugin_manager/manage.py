"""What ``artgan plugins`` does: list, show, examine, switch on and off."""

import platform as machine
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from artgan.base.paths import cache_folder, config_folder, write_text
from artgan.core.identity import plain_id
from artgan.errors import PluginError
from artgan.plugin_manager import cache as plugin_cache
from artgan.plugin_manager import own_files
from artgan.plugin_manager.discovery import (
    NOTHING_KEPT_OUT,
    Discovery,
    Found,
    Restriction,
    discover,
    read_settings_table,
    state_key,
    user_settings_file,
)
from artgan.plugin_manager.probe import Probe, probe

SLOW_SECONDS = 0.1
"""A plugin that takes longer to load is told to do less at module top."""


@dataclass(frozen=True)
class Row:
    """A plugin in the list.

    Attributes:
        name: Plugin id.
        version: Of the distribution, or the hash of a file.
        origin: "package", "project" or "folder".
        path: Its file, or "".
        state: "active", "disabled", "broken", or "new" if it was never loaded yet.
        brings: Kind -> name -> summary, as far as known.
        reason: Why it is disabled or broken.
    """

    name: str
    version: str
    origin: str
    path: str
    state: str
    brings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""


def list_plugins(restriction: Restriction = NOTHING_KEPT_OUT) -> list[Row]:
    """List all plugins, importing none: what they bring is remembered from when they last ran."""
    discovery, known = discover(restriction), plugin_cache.recall()
    return [row for found in discovery.found for row in _rows(found, discovery, known)]


def _rows(found: Found, discovery: Discovery, known: Mapping[str, plugin_cache.Fact]) -> list[Row]:
    plugin = found.plugin
    about = (plugin.id, plugin.version, plugin.origin, plugin.path)
    why_not = discovery.choice.why_not(plugin.id)
    if found.problem:
        return [Row(*about, "broken", reason=found.problem)]
    if found.data:
        own, broken = own_files.read(found.data)
        brings = {
            "style": {s.name: s.summary for s in own.artgan_styles()},
            "palette": {p.name: p.summary for p in own.artgan_palettes()},
        }
        brings = {kind: names for kind, names in brings.items() if names}
        state = "disabled" if why_not else "active"
        rows = [Row(*about, state, brings, why_not)]
        return rows + [Row(*about, "broken", reason=reason) for reason in broken]
    fact = known.get(plugin.id)
    if fact is None or fact.key != state_key(found):
        return [Row(*about, "disabled" if why_not else "new", reason=why_not)]
    if why_not:
        return [Row(*about, "disabled", fact.brings, why_not)]
    return [Row(*about, "broken" if fact.reason else "active", fact.brings, fact.reason)]


def switch(name: str, *, on: bool) -> str:
    """Enable or disable a plugin in the user's settings; nothing of it is imported.

    Returns:
        What happened, in one sentence.

    Raises:
        PluginError: There is no such plugin, or the settings file is damaged.
    """
    path, wanted = user_settings_file(), plain_id(name)
    tree = read_settings_table(path, ("disabled", "pin"))
    disabled = [plain_id(item) for item in tree.get("disabled", [])]
    if not on:
        discover().get(wanted)
    if on != (wanted in disabled):
        if on:
            discover().get(wanted)
        return f"{wanted} is {'enabled' if on else 'disabled'} already."
    kept = [item for item in disabled if item != wanted]
    _write_settings({**tree, "disabled": kept if on else sorted([*disabled, wanted])})
    plugin_cache.remember([], forget=[wanted])
    other = discover().choice.why_not(wanted) if on else ""
    return f"{wanted} is {'enabled' if on else 'disabled'}." + (f" But: {other}." if other else "")


def _write_settings(tree: Mapping[str, Any]) -> None:
    import tomli_w

    try:
        write_text(user_settings_file(), tomli_w.dumps(tree))
    except OSError as error:
        raise PluginError(
            f"'{user_settings_file()}' cannot be written: {error.strerror}; "
            "ARTGAN_HOME names another folder"
        ) from error


@dataclass(frozen=True)
class Examined:
    """A plugin that was loaded in a process of its own.

    Attributes:
        row: The plugin, with what it brings.
        probe: What loading it showed.
        about: Summary, home page, licence and requirements of a package.
        notes: What is worth knowing, one sentence each.
    """

    row: Row
    probe: Probe
    about: Mapping[str, Any]
    notes: tuple[str, ...]


def examine(name: str, timeout_seconds: float = 20.0) -> Examined:
    """Load one plugin in a process of its own and tell all about it.

    Args:
        name: Plugin id, or a Python file.
        timeout_seconds: How long loading may take.

    Raises:
        PluginError: There is no such plugin.
    """
    discovery = discover()
    return _examine(discovery.get_or_file(name), discovery, timeout_seconds)


def examine_all(timeout_seconds: float = 20.0) -> list[Examined]:
    """Examine every plugin that takes part, one after the other."""
    discovery = discover()
    return [
        _unexamined(found, discovery)
        if discovery.choice.why_not(found.plugin.id)
        else _examine(found, discovery, timeout_seconds)
        for found in discovery.found
    ]


def _unexamined(found: Found, discovery: Discovery) -> Examined:
    return Examined(_rows(found, discovery, {})[0], Probe(), _about(found), ())


def _examine(found: Found, discovery: Discovery, timeout_seconds: float) -> Examined:
    plugin = found.plugin
    seen = probe(found, timeout_seconds)
    if not found.problem and not found.data and plugin.origin != "file":
        fact = plugin_cache.Fact(
            plugin.id, plugin.origin, state_key(found), seen.brings, seen.reason
        )
        plugin_cache.remember([fact])
    why_not = discovery.choice.why_not(plugin.id)
    state = "broken" if seen.reason else ("disabled" if why_not else "active")
    row = Row(
        plugin.id,
        plugin.version,
        plugin.origin,
        plugin.path,
        state,
        seen.brings,
        seen.reason or why_not,
    )
    notes = tuple(_notes(found, seen, {other.plugin.id for other in discovery.found}))
    return Examined(row, seen, _about(found), notes)


def _notes(found: Found, seen: Probe, here: set[str]) -> list[str]:
    notes = []
    if seen.where:
        notes.append(f"It failed at {seen.where}; ARTGAN_STRICT=1 shows the whole traceback.")
    if seen.heavy and (seen.seconds > SLOW_SECONDS or "torch" in seen.heavy):
        notes.append(
            f"It imports {', '.join(seen.heavy)} at module top, which costs every artgan command "
            f"{seen.seconds:.2f} seconds: move that into the module that a reference names."
        )
    elif seen.seconds > SLOW_SECONDS and not seen.reason:
        notes.append(f"It takes {seen.seconds:.2f} seconds to load, which every command pays.")
    if seen.prints and not seen.reason:
        notes.append("It prints, or something warns, while it is loaded.")
    notes += [f"While it is loaded, it {deed}." for deed in seen.touched]
    for clash in seen.clashes:
        kind, _, name = clash.partition("/")
        notes.append(
            f"{kind} '{name}' is also artgan's own, which '{name}' alone means: say "
            f"{found.plugin.id}/{name}."
        )
    notes += _shared(found.plugin.id, seen, here)
    if not seen.brings and not seen.reason:
        notes.append("It contributes nothing: none of its functions is a hook.")
    missing = _missing_requirements(found)
    if missing:
        notes.append(f"It requires {', '.join(missing)}, which is not installed.")
    return notes


def _shared(plugin_id: str, seen: Probe, here: set[str]) -> list[str]:
    """Tell names that another plugin has as well, as far as is remembered."""
    notes = []
    for fact in plugin_cache.recall().values():
        if fact.id == plugin_id or fact.id not in here:
            continue
        for kind, names in seen.brings.items():
            if kind != "observer":
                notes += [
                    f"{kind} '{name}' is also in {fact.id}: say {plugin_id}/{name}."
                    for name in names
                    if name in fact.brings.get(kind, {})
                ]
    return notes


def _distribution(found: Found) -> metadata.Distribution | None:
    if not found.points:
        return None
    try:
        return metadata.distribution(found.plugin.id)
    except metadata.PackageNotFoundError:
        return None


def _about(found: Found) -> dict[str, Any]:
    distribution = _distribution(found)
    if distribution is None:
        return {}
    fields = {
        "summary": "Summary",
        "licence": "License-Expression",
        "author": "Author",
        "home": "Project-URL",
    }
    about: dict[str, Any] = {
        name: ", ".join(distribution.metadata.get_all(header) or [])
        for name, header in fields.items()
    }
    about["requires"] = [r for r in distribution.requires or [] if "extra ==" not in r]
    return {key: value for key, value in about.items() if value}


def _missing_requirements(found: Found) -> list[str]:
    """List required distributions that are absent; those under conditions are not judged."""
    distribution = _distribution(found)
    missing = []
    for requirement in (distribution and distribution.requires) or []:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name and ";" not in requirement:
            try:
                metadata.distribution(name.group())
            except metadata.PackageNotFoundError:
                missing.append(requirement)
    return missing


def surroundings() -> dict[str, str]:
    """Tell versions and folders: what a bug report needs."""
    facts = {"python": f"{machine.python_version()} at {sys.executable}"}
    for name in ("artgan", "torch", "numpy", "pillow"):
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    project = discover().project
    return {
        **facts,
        "your folder": str(config_folder()),
        "cache": str(cache_folder()),
        "project": str(project) if project else "none",
    }
