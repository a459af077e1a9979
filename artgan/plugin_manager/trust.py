"""Remembers which projects the user trusts: only their plugin files run, and only unchanged.

``trusted.json`` in the user's folder holds, for each ``artgan.toml``, the SHA-256 of it and of the
plugin files that it names.
"""

import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from artgan.base.paths import config_folder, write_text
from artgan.base.suggest import join_names
from artgan.base.tables import read_json
from artgan.errors import PluginError
from artgan.plugin_manager.settings import (
    PROJECT_FILE,
    PROJECT_KEYS,
    nearest_project_file,
    plugin_files,
    read_settings_file,
)

IN_RUN = "it lies in the folder of a run, from which no plugin is loaded"


def trust_file() -> Path:
    """Return the file that keeps which projects are trusted; it need not exist."""
    return config_folder() / "trusted.json"


def why_not_trusted(path: Path, plugins: Sequence[str]) -> str:
    """Return why the plugin files of a project may not run, or "" if they may.

    Args:
        path: The project's ``artgan.toml``.
        plugins: The plugin files, as it names them.
    """
    if _in_run_folder(path):
        return IN_RUN
    if _is_named_by_user(path):
        return ""
    command = f"look at the project, then: artgan trust {_typed(path)}"
    try:
        known = _read().get(_key(path))
    except PluginError as error:
        return f"{error}; delete it, {command}"
    if known is None:
        return f"not trusted: {command}"
    now = _digests(path, plugins)
    changed = sorted(name for name in {*known, *now} if known.get(name) != now.get(name))
    return f"{join_names(changed, 'and')} changed: {command}" if changed else ""


def _key(path: Path) -> str:
    return str(path.resolve())


def _in_run_folder(path: Path) -> bool:
    folders = path.resolve().parents
    return any((f / "run.toml").exists() and (f / "checkpoints").exists() for f in folders)


def _is_named_by_user(path: Path) -> bool:
    """Check for ``ARTGAN_PROJECT``; a relative path there may mean anybody's file."""
    named = os.environ.get("ARTGAN_PROJECT", "")
    return Path(named).is_absolute() and Path(named) == path


def _typed(path: Path) -> str:
    """Write the folder of a file as one would type it in a shell."""
    folder = path.resolve().parent
    return "." if folder == Path.cwd() else shlex.quote(str(folder))


def _digests(path: Path, plugins: Sequence[str]) -> dict[str, str]:
    """Hash a project's file and its plugin files; "" for one that cannot be read."""
    return {name: _digest(path.parent / name) for name in (path.name, *plugins)}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _read() -> dict[str, dict[str, str]]:
    path = trust_file()
    if not path.exists():
        return {}
    return read_json(path, dict[str, dict[str, str]], PluginError, "list of trusted projects")


def _write(trusted: dict[str, dict[str, str]]) -> None:
    write_text(trust_file(), json.dumps(trusted, indent=1) + "\n")


def _find(folder: Path) -> Path:
    """Find the ``artgan.toml`` of a folder, or the nearest above it."""
    found = nearest_project_file(folder.resolve())
    if found is None:
        raise PluginError(f"there is no {PROJECT_FILE} in '{folder}' or above it")
    return found


def trust(folder: Path) -> tuple[Path, dict[str, str]]:
    """Let the plugin files of a project run, as they are now.

    Args:
        folder: Folder with the ``artgan.toml``, or one below it.

    Returns:
        The ``artgan.toml``, and the SHA-256 of it and of each plugin file by name; "" for a file
        that cannot be read.

    Raises:
        PluginError: There is no project, or it is damaged or part of a run.
    """
    path = _find(folder)
    if _in_run_folder(path):
        raise PluginError(f"'{path}' cannot be trusted: {IN_RUN}")
    settings: dict[str, Any] = read_settings_file(path, PROJECT_KEYS)
    digests = _digests(path, plugin_files(settings))
    _write({**_read(), _key(path): digests})
    return path, digests


def distrust(folder: Path) -> Path:
    """Take trust back; returns the ``artgan.toml``.

    Raises:
        PluginError: There is no project, or it is not trusted.
    """
    path = _find(folder)
    trusted = _read()
    if trusted.pop(_key(path), None) is None:
        raise PluginError(f"'{path}' is not trusted")
    _write(trusted)
    return path
