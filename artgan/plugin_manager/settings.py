"""Reads ``plugins.toml`` of the user and ``artgan.toml`` of a project."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgan.base.identity import plain_id
from artgan.base.paths import config_folder
from artgan.base.tables import read_toml, refuse_unknown
from artgan.errors import PluginError

PROJECT_FILE = "artgan.toml"

USER_KEYS = ("disabled", "pin", "plugins")

PROJECT_KEYS = ("plugins", "disabled", "pin")


@dataclass(frozen=True)
class SettingsLayer:
    """A settings file, and what it sets: plugin id -> table."""

    file: Path
    tables: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class GivenSettings:
    """What settings files set for plugins.

    Attributes:
        layers: The user's file, then the project's, which wins key by key.
        untrusted: Why a project's are left out, or "".
    """

    layers: tuple[SettingsLayer, ...] = ()
    untrusted: str = ""

    def named(self) -> Iterator[tuple[Path, str]]:
        """Yield the file and the plugin of each table."""
        for layer in self.layers:
            for name in layer.tables:
                yield layer.file, name


def user_settings_file() -> Path:
    """Return the file that keeps what the user has disabled and pinned; it need not exist."""
    return config_folder() / "plugins.toml"


def find_project_file() -> Path | None:
    """Find the ``artgan.toml`` of the working directory or the nearest folder above it.

    ``ARTGAN_PROJECT`` names another one, which need not exist.
    """
    named = os.environ.get("ARTGAN_PROJECT")
    if named:
        return Path(named)
    try:
        return nearest_project_file(Path.cwd())
    except OSError:
        return None


def nearest_project_file(folder: Path) -> Path | None:
    """Find the ``artgan.toml`` of a folder, given in full, or the nearest above it."""
    places = (folder, *folder.parents)
    return next((file for place in places if (file := place / PROJECT_FILE).is_file()), None)


def read_settings_file(path: Path, keys: Sequence[str]) -> dict[str, Any]:
    """Read a settings file; {} if there is none.

    Args:
        path: The file.
        keys: Keys that it may have; all but "pin" hold lists of text, or as "plugins" a table of
            settings for each plugin.

    Raises:
        PluginError: It is damaged, a key is unknown or of the wrong type, or ``ARTGAN_PROJECT``
            names a file that does not exist.
    """
    if not path.is_file():
        if str(path) == os.environ.get("ARTGAN_PROJECT"):
            raise PluginError(f"there is no file '{path}', named by ARTGAN_PROJECT")
        return {}
    tree = read_toml(path, PluginError)
    refuse_unknown(tree, keys, f"'{path}'", PluginError)
    of_project = tuple(keys) == PROJECT_KEYS
    for key, value in tree.items():
        if key == "pin":
            _check_pins(value, path)
        elif key == "plugins" and (isinstance(value, dict) or not of_project):
            _check_tables(value, path, files=of_project)
        elif not _is_texts(value):
            raise PluginError(f"'{path}': '{key}' must be a list of text, as in {key} = [\"a\"]")
    return tree


def plugin_files(tree: Mapping[str, Any]) -> list[str]:
    """List the plugin files that a settings file names: ``plugins``, or ``plugins.files``."""
    given = tree.get("plugins", [])
    files: list[str] = given.get("files", []) if isinstance(given, dict) else given
    return files


def plugin_tables(tree: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a settings file sets for plugins: ``[plugins.NAME]``, by id."""
    given = tree.get("plugins", {})
    tables = given.items() if isinstance(given, dict) else ()
    return {plain_id(name): table for name, table in tables if isinstance(table, dict)}


def _check_tables(value: object, path: Path, *, files: bool) -> None:
    if not isinstance(value, dict):
        raise PluginError(f"'{path}': 'plugins' must hold tables, as in [plugins.artgan-neon]")
    for name, table in value.items():
        if name == "files" and files and _is_texts(table):
            continue
        if not isinstance(table, dict):
            also = ', or a list as in files = ["a.py"]' if files else ""
            raise PluginError(
                f"'{path}': 'plugins.{name}' must be a table of settings, as in "
                f"[plugins.artgan-neon]{also}"
            )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check_pins(value: object, path: Path) -> None:
    tables = value.values() if isinstance(value, dict) else [None]
    if not all(isinstance(t, dict) and all(isinstance(v, str) for v in t.values()) for t in tables):
        raise PluginError(
            f"'{path}': 'pin' must say which plugin a name means, as in pin.filter.glow = "
            '"artgan-neon"'
        )
