"""Loads plugins, each alone and all or nothing, and looks their contributions up by name.

Built-ins come through the same hooks as everybody's; they are plugin ``core``.
"""

import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from artgan.core import hookspecs
from artgan.core.suggest import join_names, suggest
from artgan.errors import PluginError, UnknownNameError
from artgan.plugin import KINDS, Declaration
from artgan.version import __version__

BUILT_INS = tuple(
    f"artgan.plugins.{folder}"
    for folder in (
        "architectures",
        "losses",
        "regularizers",
        "augmentations",
        "datasets",
        "filters",
        "styles",
        "palettes",
    )
)

_HOOK_OF_KIND = {
    **{kind: f"artgan_{kind}s" for kind in KINDS},
    "loss": "artgan_losses",
    "command": "artgan_commands",
}


@dataclass(frozen=True)
class Plugin:
    """A loaded plugin.

    Attributes:
        id: Distribution name, file stem, or "core".
        version: Version of the distribution, or the first 8 digits of a file's SHA-256.
        origin: "built-in", "package", "file" or "folder".
        path: The file of a loose plugin, else "".
    """

    id: str
    version: str
    origin: str
    path: str = ""


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that could not be loaded, and why, in one sentence."""

    plugin: Plugin
    reason: str


@dataclass(frozen=True)
class Entry:
    """A declaration with the plugin that made it."""

    declaration: Any
    plugin: Plugin

    @property
    def full_name(self) -> str:
        """The name that is never ambiguous: plugin/name."""
        return f"{self.plugin.id}/{self.declaration.name}"

    @property
    def where(self) -> str:
        """How an error names it: "filter 'glow'", with the plugin if it is not built in."""
        owner = "" if self.plugin.id == "core" else f" of {self.plugin.id} {self.plugin.version}"
        return f"{self.declaration.kind} '{self.declaration.name}'{owner}"

    def load(self, attribute: str) -> Callable[..., Any]:
        """Import what a reference points to.

        Raises:
            PluginError: It cannot be imported or is not there.
        """
        reference = getattr(self.declaration, attribute)
        if callable(reference):
            return reference  # type: ignore[no-any-return]
        module_name, _, name = str(reference).partition(":")
        try:
            target = getattr(importlib.import_module(module_name), name)
        # A plugin's module may fail in any way; the user must learn whose it is.
        except (Exception, SystemExit) as error:
            raise PluginError(
                f"{self.where}: its {attribute} '{reference}' cannot be loaded: "
                f"{type(error).__name__}: {error}. Update or disable the plugin."
            ) from error
        return target  # type: ignore[no-any-return]


def _hook_impls(manager: pluggy.PluginManager, plugin: object) -> list[pluggy.HookImpl]:
    callers = manager.get_hookcallers(plugin) or []
    return [i for caller in callers for i in caller.get_hookimpls() if i.plugin is plugin]


def _check_impl(impl: pluggy.HookImpl, name: str) -> None:
    if impl.wrapper or impl.hookwrapper:
        raise PluginError(f"hook {name} must not be a wrapper")
    defaults = [
        p.name
        for p in inspect.signature(impl.function).parameters.values()
        if p.default is not inspect.Parameter.empty
    ]
    if defaults:
        raise PluginError(
            f"hook {name}: argument {defaults[0]} must have no default; pluggy would use it "
            "instead of the real value"
        )


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("artgan")
    manager.add_hookspecs(hookspecs.Contributions)
    manager.add_hookspecs(hookspecs.Observers)
    return manager


def _contributions(module: object, plugin: Plugin) -> list[Entry]:
    """Collect a module's declarations in a manager of its own, so that failure leaves no trace."""
    manager = _new_manager()
    manager.register(module, name=plugin.id)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        hooks = [n for n in dir(hookspecs.Contributions) + dir(hookspecs.Observers) if "art" in n]
        name = next(
            (n for n in dir(module) if manager.parse_hookimpl_opts(module, n) and n not in hooks),
            "?",
        )
        raise PluginError(f"unknown hook '{name}'.{suggest(name, hooks)}") from error
    entries: list[Entry] = []
    kind_of_hook = {hook: kind for kind, hook in _HOOK_OF_KIND.items()}
    for impl in _hook_impls(manager, module):
        name = impl.function.__name__
        _check_impl(impl, name)
        if name in kind_of_hook:
            entries += _call_hook(impl, name, kind_of_hook[name], plugin)
    return entries


def _call_hook(impl: pluggy.HookImpl, hook: str, kind: str, plugin: Plugin) -> Iterator[Entry]:
    result = impl.function()
    if not isinstance(result, Iterable):
        raise PluginError(f"hook {hook} must yield declarations, not {type(result).__name__}")
    for declaration in result:
        if not isinstance(declaration, Declaration) or declaration.kind != kind:
            raise PluginError(
                f"hook {hook} yielded {type(declaration).__name__}, expected {kind.title()}"
            )
        yield Entry(declaration, plugin)


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no message"
    return text if isinstance(error, PluginError) else f"{type(error).__name__}: {text}"


@dataclass
class Registry:
    """All contributions, by kind and name.

    Attributes:
        plugins: Loaded plugins in the order of loading.
        broken: Plugins that could not be loaded.
        pins: Kind/name -> plugin id that a config prefers for a short name.
    """

    plugins: list[Plugin] = field(default_factory=list)
    broken: list[BrokenPlugin] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    _entries: dict[str, list[Entry]] = field(default_factory=dict)
    _modules: list[tuple[Plugin, object]] = field(default_factory=list)

    def add(self, plugin: Plugin, load: Callable[[], Iterable[object]]) -> bool:
        """Load one plugin: all of it, or nothing and a line in ``broken``.

        Args:
            plugin: Who it is.
            load: Gives its modules (imports them).

        Returns:
            Whether it was loaded.
        """
        try:
            modules = list(load())
            entries = [entry for m in modules for entry in _contributions(m, plugin)]
            self._refuse_twins(entries)
        # The plugin boundary: whatever a plugin does, artgan and the other plugins go on.
        except (Exception, SystemExit) as error:
            if os.environ.get("ARTGAN_STRICT") == "1" or plugin.id == "core":
                raise
            self.broken.append(BrokenPlugin(plugin, _reason(error)))
            return False
        self.plugins.append(plugin)
        self._modules += [(plugin, module) for module in modules]
        for entry in entries:
            self._entries.setdefault(entry.declaration.kind, []).append(entry)
        return True

    def _refuse_twins(self, entries: list[Entry]) -> None:
        seen = {(e.declaration.kind, e.full_name) for k in self._entries.values() for e in k}
        for entry in entries:
            key = (entry.declaration.kind, entry.full_name)
            if key in seen:
                raise PluginError(f"{key[0]} '{key[1]}' is declared twice")
            seen.add(key)

    def add_file(self, path: Path, origin: str = "file") -> Plugin:
        """Load a single-file plugin.

        Raises:
            PluginError: There is no such file, or it cannot be loaded.
        """
        path = path.resolve()
        known = [p for p in self.plugins if p.path == str(path)]
        if known:
            return known[0]
        if not path.is_file():
            raise PluginError(f"there is no plugin file '{path}'")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        plugin = Plugin(path.stem.replace("_", "-"), digest[:8], origin, str(path))
        if not self.add(plugin, lambda: [_import_file(path, digest)]) and origin == "file":
            raise PluginError(f"plugin file '{path}': {self.broken.pop().reason}")
        return plugin

    def entries(self, kind: str) -> list[Entry]:
        """List all contributions of a kind, built-ins first, each plugin's in its own order."""
        return list(self._entries.get(kind, []))

    def find(self, kind: str, name: str) -> Entry:
        """Look a contribution up by short or full name.

        A short name means, in this order: the plugin pinned for it, a plugin file given by hand,
        the built-in, the only other plugin that has it.

        Raises:
            UnknownNameError: Nothing has that name, or several do.
        """
        entries = self.entries(kind)
        if "/" in name:
            matching = [entry for entry in entries if entry.full_name == name]
        else:
            matching = [entry for entry in entries if entry.declaration.name == name]
        if not matching:
            raise UnknownNameError(self._unknown(kind, name, entries))
        pinned = self.pins.get(f"{kind}/{name}")
        ranks = {pinned: 0, "file": 1, "core": 2}

        def rank(entry: Entry) -> int:
            by_id = ranks.get(entry.plugin.id, 3)
            return min(by_id, 1) if entry.plugin.origin == "file" else by_id

        matching.sort(key=rank)
        if len(matching) > 1 and rank(matching[0]) == rank(matching[1]):
            names = join_names([entry.full_name for entry in matching])
            raise UnknownNameError(f"{kind} '{name}' is ambiguous: say {names}.")
        return matching[0]

    def _unknown(self, kind: str, name: str, entries: list[Entry]) -> str:
        owner, _, short = name.rpartition("/")
        near = suggest(short, [entry.declaration.name for entry in entries])
        text = f"there is no {kind} '{name}'.{near} See: artgan list {kind}."
        for broken in self.broken:
            if not owner or broken.plugin.id == owner:
                text += f" Plugin {broken.plugin.id} is broken and might have it: {broken.reason}"
        if owner and owner not in [p.id for p in self.plugins]:
            text += f" Plugin '{owner}' is not installed: artgan plugins install {owner}"
        return text

    def observers(self) -> list[tuple[Plugin, object]]:
        """List the modules that implement an observer hook."""
        hooks = [name for name in dir(hookspecs.Observers) if name.startswith("artgan_")]
        manager = _new_manager()
        return [
            (plugin, module)
            for plugin, module in self._modules
            if any(manager.parse_hookimpl_opts(module, hook) for hook in hooks)
        ]


def _import_file(path: Path, digest: str) -> ModuleType:
    name = f"artgan_file_{path.stem.replace('-', '_')}_{digest[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError("not a Python file; expected a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _installed() -> Iterator[tuple[Plugin, metadata.EntryPoint]]:
    """List entry points of group "artgan" keyed by distribution, so that equal names both count."""
    found = []
    for distribution in metadata.distributions():
        for point in distribution.entry_points:
            if point.group == "artgan":
                plugin = Plugin(distribution.metadata["Name"], distribution.version, "package")
                found.append((plugin, point))
    found.sort(key=lambda pair: (pair[0].id, pair[1].name))
    return iter(found)


def load_registry(*, packages: bool = True) -> Registry:
    """Load the built-ins and, if asked, all installed plugin packages."""
    registry = Registry()
    core = Plugin("core", __version__, "built-in")
    registry.add(core, lambda: [importlib.import_module(name) for name in BUILT_INS])
    if packages:
        for plugin, point in _installed():
            registry.add(plugin, lambda point=point: [point.load()])  # type: ignore[misc]
    return registry


@cache
def default_registry() -> Registry:
    """Give the registry of this process, loaded once."""
    return load_registry()
