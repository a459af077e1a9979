"""Finds plugins without importing one: packages, a project's files, the user's own folder.

Nothing here runs a plugin's code, so that listing, disabling and removing always work.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata, util
from pathlib import Path
from typing import Any

from artgan.base.paths import config_folder
from artgan.base.suggest import suggest
from artgan.base.tables import read_toml, refuse_unknown
from artgan.core.identity import OWN_ID, RESERVED, Plugin, file_plugin, plain_id
from artgan.errors import PluginError

GROUP = "artgan"

PROJECT_FILE = "artgan.toml"

MOST_FILES = 300
"""How many files of a package are looked at to see whether it has changed."""


@dataclass(frozen=True)
class Found:
    """A plugin that is there, not yet imported.

    Attributes:
        plugin: Who it is.
        points: Entry points of a package.
        data: The user's own style and palette files.
        problem: Why it cannot be loaded, as far as that is known without importing it.
    """

    plugin: Plugin
    points: tuple[metadata.EntryPoint, ...] = ()
    data: tuple[Path, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Restriction:
    """What the command line keeps out.

    Attributes:
        none: ``--no-plugins``.
        disabled: Ids after ``--disable``.
    """

    none: bool = False
    disabled: tuple[str, ...] = ()


NOTHING_KEPT_OUT = Restriction()

_restriction = NOTHING_KEPT_OUT


def restrict(restriction: Restriction) -> None:
    """Keep plugins out of this process; the command line says so before anything is loaded."""
    global _restriction
    _restriction = restriction


def current_restriction() -> Restriction:
    """Give what ``restrict`` was last told."""
    return _restriction


@dataclass(frozen=True)
class Choice:
    """Which plugins take part, and which of them short names prefer.

    Attributes:
        disabled: Plugin id -> who says so, with the way back.
        pins: Kind/name -> plugin id.
        only: Ids that take part, or None for all.
        left_out: Why the others do not.
    """

    disabled: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None
    left_out: str = ""

    def why_not(self, plugin_id: str) -> str:
        """Tell why a plugin does not take part, or "" if it does."""
        if self.only is not None and plugin_id not in self.only:
            return self.left_out
        return self.disabled.get(plugin_id, "")


@dataclass(frozen=True)
class Discovery:
    """All that was found.

    Attributes:
        found: Plugins in the order of loading: packages by name, the project's files, the user's.
        choice: Which of them take part.
        project: The project's ``artgan.toml``, or None.
    """

    found: tuple[Found, ...]
    choice: Choice
    project: Path | None = None

    def unknown(self, restriction: Restriction) -> list[str]:
        """Say which names in ``--disable`` and ``ARTGAN_PLUGINS`` mean no plugin that is here."""
        here = [found.plugin.id for found in self.found]
        given = [("--disable", plain_id(name)) for name in restriction.disabled]
        given += [("ARTGAN_PLUGINS", name) for name in sorted(_only_listed() or ())]
        return [
            f"{flag}: there is no plugin '{name}'.{suggest(name, here)}"
            for flag, name in given
            if name not in here
        ]

    def get_or_file(self, name: str) -> Found:
        """Give the plugin of an id, or the one in a Python file.

        Raises:
            PluginError: There is none.
        """
        if not name.endswith(".py"):
            return self.get(name)
        found = _file(Path(name), "file")
        if found.problem:
            raise PluginError(found.problem)
        same = [other for other in self.found if other.plugin.path == found.plugin.path]
        return same[0] if same else found

    def get(self, plugin_id: str) -> Found:
        """Give the plugin of an id; "_" and "-" mean the same.

        Raises:
            PluginError: There is none.
        """
        wanted = plain_id(plugin_id)
        for found in self.found:
            if found.plugin.id == wanted:
                return found
        near = suggest(wanted, [found.plugin.id for found in self.found])
        raise PluginError(f"there is no plugin '{plugin_id}'.{near} See: artgan plugins list")


def discover(restriction: Restriction = NOTHING_KEPT_OUT) -> Discovery:
    """Find all plugins and settle which take part; a damaged settings file counts as broken."""
    own, own_problems = _settings(user_settings_file(), ("disabled", "pin"))
    project_file = find_project()
    project: dict[str, Any] = {}
    problems = [*own_problems]
    if project_file:
        project, wrong = _settings(project_file, ("plugins", "disabled", "pin"))
        problems += wrong
    found = [*_packages(), *_project_files(project_file, project), *_own_files()]
    choice = _choose(own, project, project_file, restriction)
    return Discovery((*_one_each(found), *problems), choice, project_file)


def _one_each(found: Sequence[Found]) -> Iterator[Found]:
    """Mark plugins whose id is taken."""
    taken: dict[str, Plugin] = {}
    for item in found:
        plugin = item.plugin
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


def _packages() -> list[Found]:
    """List distributions with entry points of our group; equal point names all count."""
    found: dict[str, Found] = {}
    for distribution in metadata.distributions():
        try:
            if f"[{GROUP}]" not in (distribution.read_text("entry_points.txt") or ""):
                continue
            points = tuple(p for p in distribution.entry_points if p.group == GROUP)
            name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        # A damaged installation of whatever package must not keep the others from being listed.
        except (OSError, ValueError, KeyError, AttributeError):
            continue
        # Of one distribution installed twice, Python imports the first.
        if points and name and plain_id(name) not in found:
            plugin = Plugin(plain_id(name), version or "?", "package")
            found[plugin.id] = Found(plugin, tuple(sorted(points, key=lambda p: p.name)))
    return [found[name] for name in sorted(found)]


def find_project() -> Path | None:
    """Give the ``artgan.toml`` of the working directory or the nearest folder above it.

    ``ARTGAN_PROJECT`` names another one.
    """
    named = os.environ.get("ARTGAN_PROJECT")
    if named:
        return Path(named)
    try:
        here = Path.cwd()
    except OSError:
        return None
    return next((f for d in (here, *here.parents) if (f := d / PROJECT_FILE).is_file()), None)


def _project_files(path: Path | None, settings: Mapping[str, Any]) -> Iterator[Found]:
    if path is None or not settings.get("plugins"):
        return
    stranger = _belongs_to_another(path)
    for name in settings["plugins"]:
        file = path.parent / name
        reason = ""
        if stranger:
            reason = (
                f"'{path}' belongs to another user of this machine; to trust it, set "
                f"ARTGAN_PROJECT={path}"
            )
        yield _file(file, "project", reason, f"there is no file '{file}', named in '{path}'")


def _belongs_to_another(path: Path) -> bool:
    if os.environ.get("ARTGAN_PROJECT") or not hasattr(os, "getuid"):
        return False
    try:
        return path.stat().st_uid not in (0, os.getuid())
    except OSError:
        return False


def _file(path: Path, origin: str, problem: str = "", missing: str = "") -> Found:
    try:
        return Found(file_plugin(path, origin), problem=problem)
    except FileNotFoundError:
        problem = problem or missing or f"there is no file '{path}'"
    except OSError as error:
        problem = problem or f"'{path}' cannot be read: {error.strerror}"
    return Found(Plugin(plain_id(path.stem), "?", origin, str(path)), problem=problem)


def _own_files() -> Iterator[Found]:
    """List what lies in the user's folder: plugins/*.py, and styles/* and palettes/* as one."""
    home = config_folder()
    for path in sorted((home / "plugins").glob("[!_.]*.py")):
        yield _file(path, "folder")
    data = [*sorted((home / "styles").glob("*.toml")), *_visible(home / "palettes")]
    if data:
        yield Found(Plugin(OWN_ID, fingerprint(data)[:8], "folder", str(home)), data=tuple(data))


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def user_settings_file() -> Path:
    """Give the file that keeps what the user has disabled and pinned."""
    return config_folder() / "plugins.toml"


def read_settings_table(path: Path, known: Sequence[str]) -> dict[str, Any]:
    """Read ``plugins.toml`` or ``artgan.toml``; {} if there is none.

    Raises:
        PluginError: It is damaged, or a key is unknown or of the wrong type.
    """
    if not path.exists():
        return {}
    tree = read_toml(path, PluginError)
    refuse_unknown(tree, known, f"'{path}'", PluginError)
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


def _settings(path: Path, known: Sequence[str]) -> tuple[dict[str, Any], list[Found]]:
    try:
        if str(path) == os.environ.get("ARTGAN_PROJECT") and not path.is_file():
            raise PluginError(f"there is no file '{path}', named by ARTGAN_PROJECT")
        return read_settings_table(path, known), []
    except PluginError as error:
        plugin = Plugin(path.name, "", "project" if path.name == PROJECT_FILE else "folder")
        return {}, [Found(plugin, problem=str(error))]


def _choose(
    own: Mapping[str, Any],
    project: Mapping[str, Any],
    project_file: Path | None,
    restriction: Restriction,
) -> Choice:
    disabled = {
        **{plain_id(n): f"disabled in '{project_file}'" for n in project.get("disabled", [])},
        **{plain_id(n): _way_back(plain_id(n)) for n in own.get("disabled", [])},
        **{plain_id(n): "disabled by --disable" for n in restriction.disabled},
    }
    pins = {
        f"{kind}/{name}": plain_id(owner)
        for settings in (own, project)
        for kind, names in settings.get("pin", {}).items()
        for name, owner in names.items()
    }
    if restriction.none:
        return Choice(disabled, pins, frozenset(), "left out by --no-plugins")
    only = _only_listed()
    if only is None:
        return Choice(disabled, pins)
    return Choice(disabled, pins, only, "left out by ARTGAN_PLUGINS")


def _only_listed() -> frozenset[str] | None:
    listed = os.environ.get("ARTGAN_PLUGINS")
    if listed is None:
        return None
    return frozenset(plain_id(name.strip()) for name in listed.split(",") if name.strip())


def _way_back(plugin_id: str) -> str:
    return f"disabled: artgan plugins enable {plugin_id}"


def fingerprint(paths: Sequence[Path]) -> str:
    """Hash names, sizes and times of files: what changes when one of them does."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            continue
        digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def state_key(found: Found) -> str:
    """Give what changes whenever a plugin does: its version and a fingerprint of its files."""
    if not found.points:
        return found.plugin.version
    files = [f for module in sorted({p.module for p in found.points}) for f in _files_of(module)]
    return f"{found.plugin.version} {fingerprint(files)[:16]}"


def _files_of(module: str) -> list[Path]:
    """List the files of the package that a module stands in, without importing any of it."""
    try:
        spec = util.find_spec(module.partition(".")[0])
    # An editable package may answer through a finder of its own.
    except (ImportError, ValueError, AttributeError):
        return []
    if spec is None:
        return []
    if not spec.submodule_search_locations:
        return [Path(spec.origin)] if spec.origin else []
    files: list[Path] = []
    for folder in spec.submodule_search_locations:
        for place, _, names in os.walk(folder):
            files += [Path(place, n) for n in names if n.endswith((".py", ".toml"))]
            if len(files) > MOST_FILES:
                break
    return sorted(files)
