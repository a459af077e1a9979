"""Loads plugins, each in a process of its own, and says what is wrong with them."""

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from artgan.plugin_manager.discovery import Discovery, FoundPlugin, discover
from artgan.plugin_manager.manage import PluginRow, new_row, read_contributions, rows_of
from artgan.plugin_manager.probe import Probe, probe

SLOW_SECONDS = 0.1
"""A plugin that takes longer to load is advised to do less at module top."""


@dataclass(frozen=True)
class ExaminedPlugin:
    """A plugin that was loaded in a process of its own: what it contributes, and how loading went.

    ``about`` holds summary, home page, licence and requirements of a package; ``notes`` are advice
    and warnings, one sentence each.
    """

    row: PluginRow
    probe: Probe
    about: Mapping[str, Any]
    notes: tuple[str, ...]


def examine(name: str, timeout_seconds: float = 20.0) -> ExaminedPlugin:
    """Load one plugin, by id or a Python file, in a process of its own and describe it."""
    discovery = discover()
    found = discovery.get_or_file(name)
    if found.untrusted:
        return _list(found, discovery)
    return _examine(found, discovery, timeout_seconds)


def examine_all(timeout_seconds: float = 20.0) -> list[ExaminedPlugin]:
    """Examine every plugin that takes part, one after the other; list the others."""
    discovery = discover()
    return [
        _list(found, discovery)
        if discovery.why_not(found)
        else _examine(found, discovery, timeout_seconds)
        for found in discovery.found
    ]


def _list(found: FoundPlugin, discovery: Discovery) -> ExaminedPlugin:
    """Describe a plugin without loading it."""
    return ExaminedPlugin(rows_of(found, discovery)[0], Probe(), _package_facts(found), ())


def _examine(found: FoundPlugin, discovery: Discovery, timeout_seconds: float) -> ExaminedPlugin:
    loaded = probe(found, timeout_seconds)
    why_not = discovery.selection.why_not(found.plugin.id)
    wrong = loaded.reason or _hidden_name(found) or _unmet_requirements(found)
    state = "broken" if wrong else ("disabled" if why_not else "active")
    row = new_row(found, state, loaded.brings, wrong or why_not)
    notes = [
        *_loading_notes(loaded),
        *_clash_notes(found, loaded, discovery),
    ]
    return ExaminedPlugin(row, loaded, _package_facts(found), tuple(notes))


def _loading_notes(loaded: Probe) -> Iterator[str]:
    if loaded.unfit:
        yield f"What is set for it cannot be used: {loaded.unfit}."
    if loaded.where:
        yield f"It failed at {loaded.where}; ARTGAN_STRICT=1 shows the whole traceback."
    if loaded.heavy and (loaded.seconds > SLOW_SECONDS or "torch" in loaded.heavy):
        yield (
            f"It imports {', '.join(loaded.heavy)} at module top, which costs every artgan command "
            f"{loaded.seconds:.2f} seconds: move that into the module that a reference names."
        )
    elif loaded.seconds > SLOW_SECONDS and not loaded.reason:
        yield f"It takes {loaded.seconds:.2f} seconds to load, which every command pays."
    if loaded.prints and not loaded.reason:
        yield "It prints, or something warns, while it is loaded."
    for deed in loaded.touched:
        yield f"While it is loaded, it {deed}."
    if not loaded.brings and not loaded.reason:
        yield "It contributes nothing: none of its functions is a hook."


def _clash_notes(found: FoundPlugin, loaded: Probe, discovery: Discovery) -> Iterator[str]:
    """Name contributions that artgan or another plugin has as well."""
    own_id = found.plugin.id
    for clash in loaded.clashes:
        kind, _, name = clash.partition("/")
        said = f"{own_id}/{name}"
        yield f"{kind} '{name}' is also artgan's own, which '{name}' alone means: say {said}."
    for other in discovery.found:
        if other.plugin.id == own_id or other.data:
            continue
        brings, _ = read_contributions(other)
        for kind, names in loaded.brings.items():
            for name in () if kind == "observer" else names:
                if name in brings.get(kind, {}):
                    yield f"{kind} '{name}' is also in {other.plugin.id}: say {own_id}/{name}."


def _unmet_requirements(found: FoundPlugin) -> str:
    """Say which required distributions are absent, or of a version that does not fit; or ""."""
    unmet = []
    for text in _requirements(found):
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            continue
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            here = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            unmet.append(f"{text}, which is not installed")
            continue
        if not wanted.specifier.contains(here, prereleases=True):
            unmet.append(f"{wanted.name}{wanted.specifier}, and {here} is installed")
    return f"it requires {'; '.join(unmet)}" if unmet else ""


def _hidden_name(found: FoundPlugin) -> str:
    """Say that its module cannot be imported by its name, or hides another one; or ""."""
    for point in found.points:
        for part in re.split("[.:]", point):
            if keyword.iskeyword(part):
                return f"its module '{point}' has a word of Python's own in its name; rename it"
    taken = sys.stdlib_module_names
    modules = sorted({re.split("[.:]", point)[0] for point in found.points})
    hidden = [module for module in modules if module in taken]
    return f"its module '{hidden[0]}' is Python's own; rename it" if hidden else ""


def _distribution(found: FoundPlugin) -> metadata.Distribution | None:
    if not found.points:
        return None
    try:
        return metadata.distribution(found.plugin.id)
    except metadata.PackageNotFoundError:
        return None


def _requirements(found: FoundPlugin) -> list[str]:
    distribution = _distribution(found)
    return list(distribution.requires or []) if distribution else []


def _package_facts(found: FoundPlugin) -> dict[str, Any]:
    distribution = _distribution(found)
    if distribution is None:
        return {}
    fields = {
        "summary": "Summary",
        "licence": "License-Expression",
        "author": "Author",
        "home": "Project-URL",
    }
    facts: dict[str, Any] = {
        name: ", ".join(distribution.metadata.get_all(header) or [])
        for name, header in fields.items()
    }
    facts["requires"] = [r for r in _requirements(found) if "extra ==" not in r]
    return {key: value for key, value in facts.items() if value}
