"""Finds plugins without importing one: packages, a project's files, the user's own folder.

Nothing here runs a plugin's code, so that listing, disabling and removing always work.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from artgan.base.identity import OWN_ID, RESERVED, Plugin, file_plugin, plain_id
from artgan.base.paths import config_folder
from artgan.base.suggest import join_names, suggest
from artgan.errors import PluginError
from artgan.plugin_manager import settings
from artgan.plugin_manager.selection import (
    NO_RESTRICTION,
    Restriction,
    Selection,
    listed_plugins,
    select,
)
from artgan.plugin_manager.trust import why_not_trusted

GROUP = "artgan"
"""The group of entry points that plugin packages declare."""


@dataclass(frozen=True)
class FoundPlugin:
    """A plugin that was found and not yet imported.

    Attributes:
        plugin: Its identity.
        points: What the entry points of a package name: "module" or "module:attribute".
        data: The user's own style and palette files.
        problem: Why it cannot be loaded, as far as that is known without importing it.
        untrusted: Why a project's file must not be loaded, or "".
    """

    plugin: Plugin
    points: tuple[str, ...] = ()
    data: tuple[Path, ...] = ()
    problem: str = ""
    untrusted: str = ""


@dataclass(frozen=True)
class Discovery:
    """All that was found.

    Attributes:
        found: Plugins in the order of loading: packages by name, the project's files, the user's.
        selection: Which of them take part.
        project_file: The project's ``artgan.toml``, or None.
        given: What settings files set for plugins.
    """

    found: tuple[FoundPlugin, ...]
    selection: Selection
    project_file: Path | None = None
    given: settings.GivenSettings = field(default_factory=settings.GivenSettings)

    def why_not(self, found: FoundPlugin) -> str:
        """Return why a plugin does not take part, or "" if it does."""
        return found.untrusted or self.selection.why_not(found.plugin.id)

    def untrusted_projects(self) -> list[str]:
        """Describe the project if its plugins are left out because the user does not trust it."""
        left = [found for found in self.found if found.untrusted]
        if self.selection.only is not None:
            return []
        if not left:
            reason = self.given.untrusted
            told = f"Left out: what '{self.project_file}' sets for plugins: {reason}"
            return [told] if reason else []
        names = join_names([found.plugin.id for found in left], "and")
        return [
            f"Left out: plugins of '{self.project_file}' ({names}): {left[0].untrusted}. "
            "Without this line: artgan --no-project ..."
        ]

    def unknown_names(self, restriction: Restriction) -> list[str]:
        """Describe each name in ``--disable`` and ``ARTGAN_PLUGINS`` that fits no plugin."""
        here = [found.plugin.id for found in self.found]
        given = [("--disable", plain_id(name)) for name in restriction.disabled]
        given += [("ARTGAN_PLUGINS", name) for name in sorted(listed_plugins() or ())]
        return [
            f"{flag}: there is no plugin '{name}'.{suggest(name, here)}"
            for flag, name in given
            if name not in here
        ]

    def get_or_file(self, name: str) -> FoundPlugin:
        """Find a plugin by id, or by the path of its Python file.

        Raises:
            PluginError: There is none.
        """
        if not name.endswith(".py"):
            return self.get(name)
        found = _file(Path(name), "file")
        if found.plugin.id in RESERVED:
            raise PluginError(f"'{name}': the name '{found.plugin.id}' is artgan's own; rename it")
        if found.problem:
            raise PluginError(found.problem)
        same = [
            other
            for other in self.found
            if other.plugin.path == found.plugin.path and not other.untrusted
        ]
        return same[0] if same else found

    def get(self, plugin_id: str) -> FoundPlugin:
        """Find a plugin by id; "_" and "-" mean the same.

        Raises:
            PluginError: There is none.
        """
        wanted = plain_id(plugin_id)
        for found in sorted(self.found, key=lambda found: bool(found.untrusted)):
            if found.plugin.id == wanted:
                return found
        near = suggest(wanted, [found.plugin.id for found in self.found])
        raise PluginError(f"there is no plugin '{plugin_id}'.{near} See: artgan plugins list")


def discover(restriction: Restriction = NO_RESTRICTION) -> Discovery:
    """Find all plugins and decide which take part; a damaged settings file is a broken plugin."""
    user, problems = _read_settings(settings.user_settings_file(), "folder", settings.USER_KEYS)
    project_file = None if restriction.no_project else settings.find_project_file()
    project: dict[str, Any] = {}
    if project_file:
        project, wrong = _read_settings(project_file, "project", settings.PROJECT_KEYS)
        problems += wrong
    found = [*_packages(), *_project_files(project_file, project), *_own_files()]
    selection = select(user, project, project_file, restriction)
    given = _given(user, project, project_file)
    return Discovery((*_mark_taken_ids(found), *problems), selection, project_file, given)


def _given(
    user: Mapping[str, Any], project: Mapping[str, Any], project_file: Path | None
) -> settings.GivenSettings:
    """Gather what is set for plugins; a project that is not trusted sets nothing.

    Where messages go and whose account pays is not for a stranger to say.
    """
    layers = [settings.SettingsLayer(settings.user_settings_file(), settings.plugin_tables(user))]
    tables, reason = settings.plugin_tables(project), ""
    if project_file and tables:
        reason = why_not_trusted(project_file, settings.plugin_files(project))
        layers += [] if reason else [settings.SettingsLayer(project_file, tables)]
    return settings.GivenSettings(tuple(layers), reason)


def _read_settings(
    path: Path, origin: str, keys: Sequence[str]
) -> tuple[dict[str, Any], list[FoundPlugin]]:
    try:
        return settings.read_settings_file(path, keys), []
    except PluginError as error:
        return {}, [FoundPlugin(Plugin(path.name, "", origin), problem=str(error))]


def _mark_taken_ids(found: Sequence[FoundPlugin]) -> Iterator[FoundPlugin]:
    """Note a problem for plugins whose id is artgan's own or another plugin's."""
    taken: dict[str, Plugin] = {}
    for item in found:
        plugin = item.plugin
        if item.untrusted:
            yield item
            continue
        if plugin.id in RESERVED and not item.data:
            item = replace(item, problem=f"the name '{plugin.id}' is artgan's own; rename it")
        elif plugin.id in taken:
            other = taken[plugin.id]
            item = replace(
                item,
                problem=f"another plugin is called '{plugin.id}' ({other.path or other.origin}); "
                "rename one of them",
            )
        else:
            taken[plugin.id] = plugin
        yield item


def _packages() -> list[FoundPlugin]:
    """List installed packages with entry points of our group.

    The folders ``name-version.dist-info`` are read here: importing importlib.metadata takes longer
    than all the rest of ``artgan --help``, which lists commands of plugins.
    """
    found: dict[str, FoundPlugin] = {}
    for folder in sys.path:
        for path in sorted(Path(folder or ".").glob("*.*-info/entry_points.txt")):
            name, version = [*path.parent.stem.split("-"), "?"][:2]
            points = _entry_points(path)
            # Of one distribution installed twice, Python imports the first.
            if points and plain_id(name) not in found:
                plugin = Plugin(plain_id(name), version, "package")
                found[plugin.id] = FoundPlugin(plugin, points)
    return [found[name] for name in sorted(found)]


def _entry_points(path: Path) -> tuple[str, ...]:
    """Read what the entry points of our group refer to, in the order of their names."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    # A damaged installation of whatever package must not keep the others from being listed.
    except (OSError, ValueError):
        return ()
    points, section = {}, ""
    for line in lines:
        if line.startswith("["):
            section = line
        elif section == f"[{GROUP}]" and "=" in line and not line.startswith("#"):
            name, _, reference = line.partition("=")
            points[name.strip()] = reference.strip()
    return tuple(points[name] for name in sorted(points))


def _project_files(path: Path | None, project: Mapping[str, Any]) -> Iterator[FoundPlugin]:
    names = settings.plugin_files(project)
    if path is None or not names:
        return
    reason = why_not_trusted(path, names)
    for name in names:
        file = path.parent / name
        found = _file(file, "project", f"there is no file '{file}', named in '{path}'")
        yield replace(found, untrusted=reason)


def _file(path: Path, origin: str, missing: str = "") -> FoundPlugin:
    try:
        return FoundPlugin(file_plugin(path, origin))
    except FileNotFoundError:
        problem = missing or f"there is no file '{path}'"
    except OSError as error:
        problem = f"'{path}' cannot be read: {error.strerror}"
    return FoundPlugin(Plugin(plain_id(path.stem), "?", origin, str(path)), problem=problem)


def _own_files() -> Iterator[FoundPlugin]:
    """List what lies in the user's folder: plugins/*.py, and styles/* and palettes/* as one."""
    home = config_folder()
    for path in sorted((home / "plugins").glob("[!_.]*.py")):
        yield _file(path, "folder")
    data = [*sorted((home / "styles").glob("*.toml")), *_visible_files(home / "palettes")]
    if data:
        plugin = Plugin(OWN_ID, _version_of(data), "folder", str(home))
        yield FoundPlugin(plugin, data=tuple(data))


def _visible_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def _version_of(paths: Sequence[Path]) -> str:
    """Hash names, sizes and times: 8 digits that change when one of the files does."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            continue
        digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:8]
