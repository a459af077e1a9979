"""Reads ``plugins.toml`` of the user and ``artgan.toml`` of a project."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from artgan.base.paths import config_folder
from artgan.base.tables import read_toml, refuse_unknown
from artgan.errors import PluginError

PROJECT_FILE = "artgan.toml"

USER_KEYS = ("disabled", "pin")

PROJECT_KEYS = ("plugins", "disabled", "pin")


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
        keys: Keys that it may have; all but "pin" hold lists of text.

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
    for key, value in tree.items():
        if key == "pin":
            _check_pins(value, path)
        elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PluginError(f"'{path}': '{key}' must be a list of text, as in {key} = [\"a\"]")
    return tree


def _check_pins(value: object, path: Path) -> None:
    tables = value.values() if isinstance(value, dict) else [None]
    if not all(isinstance(t, dict) and all(isinstance(v, str) for v in t.values()) for t in tables):
        raise PluginError(
            f"'{path}': 'pin' must say which plugin a name means, as in pin.filter.glow = "
            '"artgan-neon"'
        )
