"""Loads plugins, each alone and all or nothing, and looks their contributions up by name.

Built-ins come through the same hooks as everybody's; they are plugin ``core``.
"""

import importlib
import importlib.util
import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from artgan.core import hookspecs, own_files, plugin_cache
from artgan.core.discovery import (
    NOTHING_KEPT_OUT,
    RESERVED,
    Discovery,
    Found,
    Plugin,
    Restriction,
    current_restriction,
    discover,
    file_plugin,
    state_key,
)
from artgan.core.suggest import join_names, suggest
from artgan.errors import ArtganError, PluginError, UnknownNameError
from artgan.plugin import API, KINDS, Declaration, Options
from artgan.version import __version__

__all__ = [
    "BrokenPlugin",
    "Entry",
    "Observer",
    "Plugin",
    "Registry",
    "default_registry",
    "hook_names",
    "load_registry",
    "told",
]

log = logging.getLogger("artgan")

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
        "extractors",
    )
)

_HOOK_OF_KIND = {
    **{kind: f"artgan_{kind}s" for kind in KINDS},
    "loss": "artgan_losses",
    "command": "artgan_commands",
}


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that could not be loaded.

    Attributes:
        plugin: Who it is.
        reason: Why, in one sentence.
        error: What it raised, if it did.
    """

    plugin: Plugin
    reason: str
    error: BaseException | None = field(default=None, compare=False, repr=False)


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

    def call(self, attribute: str, *args: Any) -> Any:
        """Call what a reference points to; whatever it raises is told with the plugin's name.

        Raises:
            PluginError: It cannot be loaded, or failed.
        """
        function = self.load(attribute)
        try:
            return function(*args)
        except ArtganError:
            raise
        # The plugin boundary: the user must learn whose code failed.
        except (Exception, SystemExit) as error:
            if os.environ.get("ARTGAN_STRICT") == "1":
                raise
            options = [arg for arg in args if isinstance(arg, Options)]
            given = f" with options {options[0]}" if options else ""
            raise PluginError(
                f"{self.where}: its {attribute} failed{given}: {type(error).__name__}: {error}"
            ) from error


@dataclass(frozen=True)
class Observer:
    """One observer hook of one plugin.

    Attributes:
        plugin: Whose it is.
        hook: Name of the hook.
        function: What to call.
        arguments: Names of the hook's arguments that it asks for.
    """

    plugin: Plugin
    hook: str
    function: Callable[..., object]
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class _Gathered:
    """What the modules of one plugin bring."""

    entries: list[Entry]
    observers: list[Observer]
    homes: tuple[str, ...] = ()


def hook_names(hooks: type) -> list[str]:
    """List the hooks of ``hookspecs.Contributions`` or ``hookspecs.Observers``."""
    return [name for name in vars(hooks) if name.startswith("artgan_")]


_CONTRIBUTIONS = hook_names(hookspecs.Contributions)
_OBSERVERS = hook_names(hookspecs.Observers)
_KIND_OF_HOOK = {hook: kind for kind, hook in _HOOK_OF_KIND.items()}


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("artgan")
    manager.add_hookspecs(hookspecs.Contributions)
    manager.add_hookspecs(hookspecs.Observers)
    return manager


def _gather(module: object, plugin: Plugin) -> _Gathered:
    """Collect what a module brings in a manager of its own, so that failure leaves no trace."""
    _refuse_newer(module)
    manager = _new_manager()
    _check_names(module, manager)
    manager.register(module, name=plugin.id)
    home = str(getattr(module, "__name__", "")).partition(".")[0]
    gathered = _Gathered([], [], (home,) if home else ())
    for caller in manager.get_hookcallers(module) or []:
        for impl in caller.get_hookimpls():
            _check_impl(impl, caller.name)
            if caller.name in _KIND_OF_HOOK:
                gathered.entries.extend(_call_hook(impl, caller.name, plugin))
            else:
                observer = Observer(plugin, caller.name, impl.function, tuple(impl.argnames))
                gathered.observers.append(observer)
    return gathered


def gather_observers(module: object, plugin: Plugin) -> list[Observer]:
    """Give the observer hooks of one module, for those that are switched on by name."""
    return _gather(module, plugin).observers


def _refuse_newer(module: object) -> None:
    wanted = getattr(module, "ARTGAN_API", API)
    if not isinstance(wanted, int) or wanted > API:
        raise PluginError(
            f"it asks for plugin interface {wanted!r}, and artgan {__version__} has {API}; "
            "update artgan, or install an older version of the plugin"
        )


def _check_names(module: object, manager: pluggy.PluginManager) -> None:
    """Refuse misspelled and unmarked hooks, and arguments that a hook does not have, by name."""
    known = [*_CONTRIBUTIONS, *_OBSERVERS]
    for name in dir(module):
        function: Any = getattr(module, name, None)
        marks = manager.parse_hookimpl_opts(module, name)
        hook = str((marks and marks.get("specname")) or name)
        if marks is None:
            own = getattr(function, "__module__", "") == getattr(module, "__name__", None)
            if own and name in known and inspect.isroutine(function):
                raise PluginError(f"function {name} is no hook yet: put @hookimpl above it")
            continue
        if hook not in known:
            raise PluginError(f"unknown hook '{hook}'.{suggest(hook, known)}")
        owner = hookspecs.Contributions if hook in _CONTRIBUTIONS else hookspecs.Observers
        has = [a for a in inspect.signature(getattr(owner, hook)).parameters if a != "self"]
        _check_arguments(hook, function, has)


def _check_arguments(hook: str, function: Callable[..., object], has: list[str]) -> None:
    takes = f"it has {join_names(has, 'and')}" if has else "it has none"
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            raise PluginError(
                f"hook {hook}: argument {parameter.name} must have no default; pluggy would use "
                "it instead of the real value"
            )
        if parameter.name not in has:
            raise PluginError(
                f"hook {hook} has no argument '{parameter.name}'; {takes}."
                f"{suggest(parameter.name, has)}"
            )


def _check_impl(impl: pluggy.HookImpl, name: str) -> None:
    if impl.wrapper or impl.hookwrapper:
        raise PluginError(f"hook {name} must not be a wrapper")


def _call_hook(impl: pluggy.HookImpl, hook: str, plugin: Plugin) -> Iterator[Entry]:
    result, kind = impl.function(), _KIND_OF_HOOK[hook]
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
        left_out: Id of a plugin that is there but takes no part -> why.
    """

    plugins: list[Plugin] = field(default_factory=list)
    broken: list[BrokenPlugin] = field(default_factory=list)
    pins: Mapping[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    _entries: dict[str, list[Entry]] = field(default_factory=dict)
    _observers: list[Observer] = field(default_factory=list)
    _homes: dict[str, Plugin] = field(default_factory=dict)

    def add(self, plugin: Plugin, load: Callable[[], Iterable[object]]) -> bool:
        """Load one plugin: all of it, or nothing and a line in ``broken``.

        Args:
            plugin: Who it is.
            load: Gives its modules (imports them).

        Returns:
            Whether it was loaded.
        """
        try:
            gathered = self._load(plugin, load)
        except KeyboardInterrupt:
            log.warning(
                "Interrupted while plugin %s was loading. If it never ends, switch it off: "
                "artgan plugins disable %s",
                plugin.id,
                plugin.id,
            )
            raise
        # The plugin boundary: whatever a plugin does, artgan and the other plugins go on.
        except (Exception, SystemExit) as error:
            if os.environ.get("ARTGAN_STRICT") == "1" or plugin.id == "core":
                raise
            self.broken.append(BrokenPlugin(plugin, _reason(error), error))
            return False
        self.plugins.append(plugin)
        self._observers += gathered.observers
        self._homes.update(dict.fromkeys(gathered.homes, plugin))
        for entry in gathered.entries:
            self._entries.setdefault(entry.declaration.kind, []).append(entry)
        return True

    def _load(self, plugin: Plugin, load: Callable[[], Iterable[object]]) -> _Gathered:
        self._refuse_taken(plugin)
        # What a plugin prints while it loads must not mix with JSON that a script reads.
        with redirect_stdout(sys.stderr):
            parts = [_gather(module, plugin) for module in load()]
        entries = [entry for part in parts for entry in part.entries]
        self._refuse_twins(entries)
        homes = tuple(home for part in parts for home in part.homes)
        return _Gathered(entries, [o for part in parts for o in part.observers], homes)

    def _refuse_taken(self, plugin: Plugin) -> None:
        if plugin.id in RESERVED and plugin.origin in ("file", "package"):
            raise PluginError(f"the name '{plugin.id}' is artgan's own; rename it")
        for other in self.plugins:
            if other.id == plugin.id:
                raise PluginError(
                    f"another plugin is called '{plugin.id}' ({other.path or other.origin}); "
                    "rename one of them"
                )

    def _refuse_twins(self, entries: list[Entry]) -> None:
        seen: set[tuple[str, str]] = set()
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
        plugin = file_plugin(path, origin)
        if not self.add(plugin, lambda: [_import_file(path, plugin.version)]) and origin == "file":
            raise PluginError(f"plugin file '{path}': {self.broken.pop().reason}")
        return plugin

    def add_found(self, found: Found) -> bool:
        """Load a plugin that discovery found, or note why that cannot be."""
        if found.problem:
            self.broken.append(BrokenPlugin(found.plugin, found.problem))
            return False
        if found.data:
            own, broken = own_files.read(found.data)
            self.broken += [BrokenPlugin(found.plugin, reason) for reason in broken]
            return self.add(found.plugin, lambda: [own])
        if found.points:
            return self.add(found.plugin, lambda: [point.load() for point in found.points])
        path = Path(found.plugin.path)
        return self.add(found.plugin, lambda: [_import_file(path, found.plugin.version)])

    def entries(self, kind: str) -> list[Entry]:
        """List all contributions of a kind, built-ins first, each plugin's in its own order."""
        return list(self._entries.get(kind, []))

    def brought_by(self, plugin_id: str) -> dict[str, dict[str, str]]:
        """Tell what a plugin contributes: kind -> name -> summary; observers under "observer"."""
        brings: dict[str, dict[str, str]] = {}
        for kind in (*KINDS, "command"):
            for entry in self._entries.get(kind, ()):
                if entry.plugin.id == plugin_id:
                    brings.setdefault(kind, {})[entry.declaration.name] = entry.declaration.summary
        for observer in self._observers:
            if observer.plugin.id == plugin_id:
                brings.setdefault("observer", {})[observer.hook] = ""
        return brings

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
        if pinned and all(entry.plugin.id != pinned for entry in matching):
            raise UnknownNameError(self._pinned_elsewhere(kind, name, pinned))
        ranks = {pinned: 0, "file": 1, "core": 2}

        def rank(entry: Entry) -> int:
            by_id = ranks.get(entry.plugin.id, 3)
            return min(by_id, 1) if entry.plugin.origin == "file" else by_id

        matching.sort(key=rank)
        if len(matching) > 1 and rank(matching[0]) == rank(matching[1]):
            names = join_names([entry.full_name for entry in matching])
            raise UnknownNameError(f"{kind} '{name}' is ambiguous: say {names}.")
        return matching[0]

    def _pinned_elsewhere(self, kind: str, name: str, pinned: str) -> str:
        text = f"{kind} '{name}' is pinned to plugin '{pinned}', which "
        if pinned in self.left_out:
            return f"{text}is {self.left_out[pinned]}"
        if any(plugin.id == pinned for plugin in self.plugins):
            return f"{text}has none of that name: change the pin in artgan.toml or plugins.toml"
        return f"{text}is not there: artgan plugins install {pinned}, or change the pin"

    def _unknown(self, kind: str, name: str, entries: list[Entry]) -> str:
        owner, _, short = name.rpartition("/")
        near = suggest(short, [entry.declaration.name for entry in entries])
        if owner:
            near = suggest(name, [entry.full_name for entry in entries])
        see = "artgan --help" if kind == "command" else f"artgan list {kind}"
        text = f"there is no {kind} '{name}'.{near} See: {see}."
        if owner in self.left_out:
            return f"{text} Plugin '{owner}' is {self.left_out[owner]}"
        for broken in self.broken:
            if not owner or broken.plugin.id == owner:
                reason = _ended(broken.reason)
                text += f" Plugin {broken.plugin.id} is broken and might have it: {reason}"
        known = [p.id for p in self.plugins] + [b.plugin.id for b in self.broken]
        if owner and owner not in known:
            text += f" Plugin '{owner}' is not installed: artgan plugins install {owner}"
        return text

    def blame(self, error: BaseException) -> Plugin | None:
        """Give the plugin in whose code an error arose, innermost first; None for artgan's own."""
        blamed, place = None, error.__traceback__
        while place is not None:
            home = str(place.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
            owner = self._homes.get(home)
            blamed = owner if owner and owner.id != "core" else blamed
            place = place.tb_next
        return blamed

    def observers(self) -> list[Observer]:
        """List all observer hooks of all plugins, in the order of loading."""
        return list(self._observers)


def _import_file(path: Path, version: str) -> ModuleType:
    name = f"artgan_file_{path.stem.replace('-', '_')}_{version}"
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


def load_registry(
    *, packages: bool = True, restriction: Restriction = NOTHING_KEPT_OUT
) -> Registry:
    """Load the built-ins and, if asked, everything else that takes part.

    Args:
        packages: Load installed packages, the project's files and the user's own folder.
        restriction: What the command line keeps out.
    """
    return _load_all(discover(restriction) if packages else None)


def _load_all(discovery: Discovery | None) -> Registry:
    registry = Registry()
    core = Plugin("core", __version__, "built-in")
    registry.add(core, lambda: [importlib.import_module(name) for name in BUILT_INS])
    if discovery is None:
        return registry
    registry.pins = discovery.choice.pins
    for found in discovery.found:
        why_not = discovery.choice.why_not(found.plugin.id)
        if why_not:
            registry.left_out[found.plugin.id] = why_not
        else:
            registry.add_found(found)
    return registry


def default_registry() -> Registry:
    """Give the registry of this process, loaded once; what is broken is told on stderr."""
    return _default_registry(current_restriction())


@cache
def _default_registry(restriction: Restriction) -> Registry:
    discovery = discover(restriction)
    registry = _load_all(discovery)
    for line in [*discovery.unknown(restriction), *map(told, registry.broken)]:
        log.warning("%s", line)
    here = {found.plugin.id for found in discovery.found}
    gone = [f.id for f in plugin_cache.recall().values() if f.origin != "project"]
    plugin_cache.remember(
        [fact for f in discovery.found if (fact := _fact(registry, f))],
        forget=[name for name in gone if name not in here],
    )
    return registry


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def told(broken: BrokenPlugin) -> str:
    """Say in one line what is broken, why, and what mends it."""
    plugin, reason = broken.plugin, broken.reason
    if not plugin.version or plugin.id in RESERVED:
        return f"Left out: {_ended(reason)}"
    version = "" if plugin.version == "?" else f" {plugin.version}"
    text = f"Plugin {plugin.id}{version} is left out: {_ended(reason)}"
    # What raised nothing was never imported: the reason says what to do.
    if broken.error is None:
        return text
    return (
        f"{text} Look closer: artgan plugins doctor {plugin.id}; "
        f"switch it off: artgan plugins disable {plugin.id}"
    )


def _fact(registry: Registry, found: Found) -> plugin_cache.Fact | None:
    """Give what loading a plugin showed, to be remembered; None if it took no part."""
    plugin = found.plugin
    if plugin.id in registry.left_out or found.problem or found.data:
        return None
    reason = next((b.reason for b in registry.broken if b.plugin == plugin), "")
    brings = registry.brought_by(plugin.id)
    return plugin_cache.Fact(plugin.id, plugin.origin, state_key(found), brings, reason)
