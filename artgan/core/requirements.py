"""Names the plugins that a run or a picture needs and that are missing, and how to get them.

Nothing is ever installed because a record asks for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from artgan.core.registry import Registry
from artgan.errors import PluginError


def plugin_versions(names: Iterable[str], registry: Registry) -> dict[str, str]:
    """Map the plugins behind full names to their versions, for a record.

    The version of a single file is the start of its SHA-256.
    """
    owners = {name.rpartition("/")[0] for name in names} - {"core", ""}
    return {plugin.id: plugin.version for plugin in registry.plugins if plugin.id in owners}


def missing_plugins(
    names: Iterable[str], versions: Mapping[str, Any], registry: Registry
) -> list[str]:
    """Write a sentence for each missing plugin: which one, and how to get it.

    Args:
        names: Full names, such as "artgan-neon/tubes".
        versions: Plugin id -> version, as recorded.
        registry: What is here.
    """
    here = {plugin.id for plugin in registry.plugins}
    owners = dict.fromkeys(name.rpartition("/")[0] for name in names)
    return [
        _sentence(owner, str(versions.get(owner, "")), registry)
        for owner in owners
        if owner and owner not in here
    ]


def _sentence(owner: str, version: str, registry: Registry) -> str:
    named = f"plugin {owner} {version}".strip()
    if owner in registry.left_out:
        return f"{named}, which is {registry.left_out[owner]}"
    broken = next((b for b in registry.broken if b.plugin.id == owner), None)
    if broken:
        return f"{named}, which is broken ({broken.reason}): artgan plugins doctor {owner}"
    if owner == "user":
        return "styles and palettes from the folder of whoever made it"
    # A file's version is the start of its hash; no distribution counts like that.
    if re.fullmatch(r"[0-9a-f]{8}", version) and not version.isdecimal():
        file = f"{owner.replace('-', '_')}.py"
        return f"the plugin file {file} (SHA-256 {version}...): name it with --plugin {file}"
    wanted = f"{owner}=={version}" if version else owner
    return f"{named}, which is not installed: artgan plugins install {wanted}"


def require(
    what: str, names: Iterable[str], versions: Mapping[str, Any], registry: Registry
) -> None:
    """Raise an error if a needed plugin is missing.

    Args:
        what: What needs it, such as "run 'runs/a'".
        names: Full names.
        versions: Plugin id -> version, as recorded.
        registry: What is here.

    Raises:
        PluginError: Says which, and how to get each.
    """
    absent = missing_plugins(names, versions, registry)
    if absent:
        raise PluginError(f"{what} needs {'; and '.join(absent)}")


def record_needs(record: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """List the full names and plugin versions in a record; damaged parts are skipped."""
    versions = record.get("plugins")
    found = dict(versions) if isinstance(versions, Mapping) else {}
    names = [record[key] for key in ("architecture",) if isinstance(record.get(key), str)]
    for step in _steps(record):
        if isinstance(step, Mapping) and isinstance(step.get("filter"), str):
            names.append(step["filter"])
            found.setdefault(step["filter"].rpartition("/")[0], str(step.get("version", "")))
    return names, found


def _steps(record: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the steps of a record's style; of a matrix, those of all its cells."""
    style, matrix = record.get("style"), record.get("matrix")
    steps = style.get("steps") if isinstance(style, Mapping) else None
    yield from steps if isinstance(steps, list) else []
    cells = matrix.get("cells") if isinstance(matrix, Mapping) else None
    for cell in cells if isinstance(cells, list) else []:
        yield from _steps(cell) if isinstance(cell, Mapping) else []
