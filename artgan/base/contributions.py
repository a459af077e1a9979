"""What the modules of a plugin contribute by their hooks: declarations and observers, checked."""

import importlib
import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pluggy

from artgan.base.identity import Plugin
from artgan.base.suggest import join_names, suggest
from artgan.errors import ArtganError, PluginError
from artgan.plugin import API, KINDS, Declaration, Options, hookspecs
from artgan.version import __version__

_HOOK_OF_KIND = {
    **{kind: f"artgan_{kind.replace('-', '_')}s" for kind in KINDS},
    "loss": "artgan_losses",
    "latents": "artgan_latents",
    "command": "artgan_commands",
    "settings": "artgan_settings",
}


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
    def usual_name(self) -> str:
        """The name that records and lists have: of artgan's own the short one."""
        return str(self.declaration.name) if self.plugin.id == "core" else self.full_name

    @property
    def where(self) -> str:
        """What errors call it: "filter 'glow'", with the plugin if it is not built in."""
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
        if not isinstance(reference, str):
            raise PluginError(
                f"{self.where}: its {attribute} is a {type(reference).__name__}; expected a "
                "function, a class, or where one is, as in 'package.module:name'"
            )
        module_name, _, name = reference.partition(":")
        try:
            target = getattr(importlib.import_module(module_name), name)
        # A plugin's module may fail in any way; the user must learn whose it is.
        except (Exception, SystemExit) as error:
            if os.environ.get("ARTGAN_STRICT") == "1":
                raise
            raise PluginError(
                f"{self.where}: its {attribute} '{reference}' cannot be loaded: "
                f"{type(error).__name__}: {error}. Update or disable the plugin."
            ) from error
        return target  # type: ignore[no-any-return]

    def call(self, attribute: str, *args: Any) -> Any:
        """Call what a reference points to; an error names the plugin.

        Raises:
            PluginError: It cannot be loaded, or failed.
        """
        function = self.load(attribute)
        options = [arg for arg in args if isinstance(arg, Options)]
        given = f" with options {options[0]}" if options else ""
        with self.errors(f"{self.where}: its {attribute} failed{given}"):
            return function(*args)

    @contextmanager
    def errors(
        self, told: str = "", passes: Callable[[BaseException], bool] = lambda _: False
    ) -> Iterator[None]:
        """Let an error inside name the plugin: ``told``, by default that it failed, and the error.

        What ``passes`` holds of is raised as it is.

        Raises:
            PluginError: Something else than an error of artgan was raised.
        """
        try:
            yield
        except ArtganError:
            raise
        # The plugin boundary: the user must learn whose code failed.
        except (Exception, SystemExit) as error:
            if passes(error) or os.environ.get("ARTGAN_STRICT") == "1":
                raise
            told = told or f"{self.where} failed"
            raise PluginError(f"{told}: {type(error).__name__}: {error}") from error


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
class Gathered:
    """What the modules of one plugin contribute."""

    entries: list[Entry]
    observers: list[Observer]
    homes: tuple[str, ...] = ()


def hook_names(hooks: type) -> list[str]:
    """List the hooks of ``hookspecs.ContributionHooks`` or ``hookspecs.ObserverHooks``."""
    return [name for name in vars(hooks) if name.startswith("artgan_")]


_CONTRIBUTIONS = hook_names(hookspecs.ContributionHooks)

_OBSERVERS = hook_names(hookspecs.ObserverHooks)

KIND_OF_HOOK = {hook: kind for kind, hook in _HOOK_OF_KIND.items()}


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("artgan")
    manager.add_hookspecs(hookspecs.ContributionHooks)
    manager.add_hookspecs(hookspecs.ObserverHooks)
    return manager


def gather(module: object, plugin: Plugin) -> Gathered:
    """Collect what a module contributes, in a manager of its own: a failure leaves no trace."""
    _refuse_newer(module)
    manager = _new_manager()
    _check_names(module, manager)
    manager.register(module, name=plugin.id)
    home = str(getattr(module, "__name__", "")).partition(".")[0]
    gathered = Gathered([], [], (home,) if home else ())
    for caller in manager.get_hookcallers(module) or []:
        for impl in caller.get_hookimpls():
            _check_impl(impl, caller.name)
            if caller.name in KIND_OF_HOOK:
                gathered.entries.extend(_call_hook(impl, caller.name, plugin))
            else:
                observer = Observer(plugin, caller.name, impl.function, tuple(impl.argnames))
                gathered.observers.append(observer)
    return gathered


def gather_observers(module: object, plugin: Plugin) -> list[Observer]:
    """List the observer hooks of one module, for loggers that are switched on by name."""
    return gather(module, plugin).observers


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
        owner = hookspecs.ContributionHooks if hook in _CONTRIBUTIONS else hookspecs.ObserverHooks
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
    result, kind = impl.function(), KIND_OF_HOOK[hook]
    if not isinstance(result, Iterable):
        raise PluginError(f"hook {hook} must yield declarations, not {type(result).__name__}")
    for declaration in result:
        if not isinstance(declaration, Declaration) or declaration.kind != kind:
            raise PluginError(
                f"hook {hook} yielded {type(declaration).__name__}, expected {kind.title()}"
            )
        yield Entry(declaration, plugin)
