"""Lists plugins and switches them on and off; imports none of them."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from artgan.base.contributions import KIND_OF_HOOK
from artgan.base.identity import plain_id
from artgan.base.paths import cache_folder, config_folder, write_text
from artgan.base.tables import toml_text
from artgan.errors import PluginError
from artgan.plugin_manager import own_files
from artgan.plugin_manager.declared import read_hooks
from artgan.plugin_manager.discovery import Discovery, FoundPlugin, discover
from artgan.plugin_manager.selection import NO_RESTRICTION, Restriction
from artgan.plugin_manager.settings import USER_KEYS, read_settings_file, user_settings_file


@dataclass(frozen=True)
class PluginRow:
    """A plugin in the list; its version is that of the distribution, or the hash of a file.

    ``origin`` is "package", "project" or "folder", ``state`` "active", "disabled" or "broken". It
    brings kind -> name -> summary; empty for a kind whose names are computed.
    """

    name: str
    version: str
    origin: str
    path: str
    state: str
    brings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""


def list_plugins(restriction: Restriction = NO_RESTRICTION) -> list[PluginRow]:
    """List all plugins, importing none: what they contribute is read from their source."""
    discovery = discover(restriction)
    return [row for found in discovery.found for row in rows_of(found, discovery)]


def rows_of(found: FoundPlugin, discovery: Discovery) -> list[PluginRow]:
    """Describe a plugin, and each of the user's own files that is damaged."""
    why_not = discovery.why_not(found)
    brings, broken = read_contributions(found)
    if broken and not found.data:
        return [new_row(found, "broken", reason=broken[0])]
    first = new_row(found, "disabled" if why_not else "active", brings, why_not)
    return [first, *(new_row(found, "broken", reason=reason) for reason in broken)]


def new_row(
    found: FoundPlugin,
    state: str,
    brings: Mapping[str, Mapping[str, str]] | None = None,
    reason: str = "",
) -> PluginRow:
    """Build the row of a plugin that was found."""
    plugin = found.plugin
    about = plugin.id, plugin.version, plugin.origin, plugin.path
    return PluginRow(*about, state, brings or {}, reason)


def read_contributions(found: FoundPlugin) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Read what a plugin contributes without importing it: kind -> name -> summary.

    With it come reasons why the plugin or one of its data files cannot be used.
    """
    if found.problem:
        return {}, [found.problem]
    if found.data:
        own, broken = own_files.read(found.data)
        brings = {
            "style": {style.name: style.summary for style in own.artgan_styles()},
            "palette": {palette.name: palette.summary for palette in own.artgan_palettes()},
        }
        return {kind: names for kind, names in brings.items() if names}, broken
    try:
        hooks = read_hooks(found)
    except (SyntaxError, ValueError, OSError) as error:
        return {}, [f"{type(error).__name__}: {error}"]
    brings = {KIND_OF_HOOK[hook]: names for hook, names in hooks.items() if hook in KIND_OF_HOOK}
    observers = {hook: "" for hook in hooks if hook not in KIND_OF_HOOK}
    return brings | ({"observer": observers} if observers else {}), []


def switch(name: str, *, on: bool) -> str:
    """Enable or disable a plugin in the user's settings; say in a sentence what happened."""
    wanted = plain_id(name)
    tree = read_settings_file(user_settings_file(), USER_KEYS)
    disabled = [plain_id(item) for item in tree.get("disabled", [])]
    state = "enabled" if on else "disabled"
    # What is gone can still be taken off the list.
    if not (on and wanted in disabled):
        discover().get(wanted)
    if on != (wanted in disabled):
        return f"{wanted} is {state} already."
    kept = [item for item in disabled if item != wanted]
    _write_settings({**tree, "disabled": kept if on else sorted([*disabled, wanted])})
    other = discover().selection.why_not(wanted) if on else ""
    return f"{wanted} is {state}." + (f" But: {other}." if other else "")


def _write_settings(tree: Mapping[str, Any]) -> None:
    try:
        write_text(user_settings_file(), toml_text(tree))
    except OSError as error:
        raise PluginError(
            f"'{user_settings_file()}' cannot be written: {error.strerror}; "
            "ARTGAN_HOME names another folder"
        ) from error


def describe_environment() -> dict[str, str]:
    """Return versions and folders: what a bug report needs."""
    facts = {"python": f"{platform.python_version()} at {sys.executable}"}
    for name in ("artgan", "torch", "numpy", "pillow"):
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    project = discover().project_file
    return {
        **facts,
        "your folder": str(config_folder()),
        "cache": str(cache_folder()),
        "project": str(project) if project else "none",
    }
