"""Names the plugins that a run or a picture needs and that are missing, and how to get them.

Nothing is ever installed because a record asks for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from artgan.base.terminal import is_plugin_name, is_version
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError, UnknownNameError


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

    ``names`` are full names, such as "artgan-neon/tubes"; ``versions`` are by plugin id.
    """
    here = {plugin.id for plugin in registry.plugins}
    owners = dict.fromkeys(name.rpartition("/")[0] for name in names)
    return [
        _sentence(owner, str(versions.get(owner, "")), registry, "which is not installed")
        for owner in owners
        if owner and owner not in here
    ]


def _sentence(owner: str, version: str, registry: Registry, state: str) -> str:
    named = f"plugin {owner} {version}".strip()
    if owner in registry.left_out:
        return f"{named}, which is {registry.left_out[owner]}"
    broken = next((b for b in registry.broken if b.plugin.id == owner), None)
    if broken:
        return f"{named}, which is broken ({broken.reason}): artgan plugins doctor {owner}"
    if owner == "user":
        return "styles and palettes from the folder of whoever made it"
    # Whoever wrote the record chose these words: none becomes part of a command unchecked.
    if not is_plugin_name(owner):
        return f"{named!r}, which is no plugin's name: the record is damaged"
    # A file's version is the start of its hash; no distribution counts like that.
    if re.fullmatch(r"[0-9a-f]{8}", version) and not version.isdecimal():
        file = f"{owner.replace('-', '_')}.py"
        return (
            f"the plugin file {file} (SHA-256 {version}...), {state}: name it with --plugin {file}"
        )
    wanted = f"{owner}=={version}" if is_version(version) else owner
    return f"{named}, {state}: artgan plugins install {wanted}"


def changed_plugins(
    names: Iterable[str], versions: Mapping[str, Any], registry: Registry
) -> dict[str, tuple[str, str]]:
    """List the plugins behind full names that were of another version: id -> (then, now)."""
    now = plugin_versions(names, registry)
    return {
        name: (str(versions[name]), version)
        for name, version in now.items()
        if versions.get(name, version) != version
    }


@contextmanager
def explain_changes(
    what: str, names: Iterable[str], versions: Mapping[str, Any], registry: Registry
) -> Iterator[None]:
    """Add to errors about options that a plugin was of another version, and how to get that.

    Takes what ``require`` takes.
    """
    try:
        yield
    except (OptionError, UnknownNameError) as error:
        then = [
            _sentence(name, was, Registry(), f"and is {now} here")
            for name, (was, now) in changed_plugins(names, versions, registry).items()
        ]
        if not then:
            raise
        raise type(error)(f"{error} {what} was made with {'; and '.join(then)}") from error


def require(
    what: str, names: Iterable[str], versions: Mapping[str, Any], registry: Registry
) -> None:
    """Raise a ``PluginError`` that lists missing plugins; takes what ``missing_plugins`` takes.

    ``what`` names in the message what needs them, such as "run 'runs/a'".
    """
    absent = missing_plugins(names, versions, registry)
    if absent:
        raise PluginError(f"{what} needs {'; and '.join(absent)}")
