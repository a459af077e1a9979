"""Loads plugins, each alone and all or nothing, and looks their contributions up by name.

Built-ins come through the same hooks as everybody's; they are plugin ``core``.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path

from artgan.base.contributions import Entry, Gathered, Observer, gather
from artgan.base.identity import OWN_ID, RESERVED, Plugin, file_plugin
from artgan.base.options import build_options, call_text, split_call
from artgan.base.source_file import import_file
from artgan.base.suggest import join_names, suggest
from artgan.base.terminal import is_plugin_name
from artgan.errors import OptionError, PluginError, UnknownNameError
from artgan.plugin import KINDS, Options

log = logging.getLogger("artgan")


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
        within: Id of the plugin in whose contributions names are looked up, or "" for a user's.
    """

    plugins: list[Plugin] = field(default_factory=list)
    broken: list[BrokenPlugin] = field(default_factory=list)
    pins: Mapping[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    within: str = ""
    _entries: dict[str, list[Entry]] = field(default_factory=dict)
    _observers: list[Observer] = field(default_factory=list)
    _homes: dict[str, Plugin] = field(default_factory=dict)

    def add(self, plugin: Plugin, load: Callable[[], Iterable[object]]) -> bool:
        """Load one plugin whole; on failure add nothing and note it in ``broken``.

        ``load`` imports its modules and returns them. Returns whether it was loaded.
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

    def _load(self, plugin: Plugin, load: Callable[[], Iterable[object]]) -> Gathered:
        self._refuse_taken(plugin)
        # What a plugin prints while it loads must not mix with JSON that a script reads.
        with redirect_stdout(sys.stderr):
            parts = [gather(module, plugin) for module in load()]
        entries = [entry for part in parts for entry in part.entries]
        self._refuse_twins(entries)
        homes = tuple(home for part in parts for home in part.homes)
        return Gathered(entries, [o for part in parts for o in part.observers], homes)

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
        if not self.add(plugin, lambda: [import_file(path, plugin.version)]) and origin == "file":
            raise PluginError(f"plugin file '{path}': {self.broken.pop().reason}")
        if origin == "file" and not self.brought_by(plugin.id):
            self.plugins.remove(plugin)
            raise PluginError(f"plugin file '{path}': it brings nothing; see artgan plugins new")
        return plugin

    def entries(self, kind: str) -> list[Entry]:
        """List all contributions of a kind, built-ins first, each plugin's in its own order."""
        return list(self._entries.get(kind, []))

    def brought_by(self, plugin_id: str) -> dict[str, dict[str, str]]:
        """List what a plugin contributes: kind -> name -> summary; observers under "observer"."""
        brings: dict[str, dict[str, str]] = {}
        for kind in (*KINDS, "command", "settings"):
            for entry in self._entries.get(kind, ()):
                if entry.plugin.id == plugin_id:
                    brings.setdefault(kind, {})[entry.declaration.name] = entry.declaration.summary
        for observer in self._observers:
            if observer.plugin.id == plugin_id:
                brings.setdefault("observer", {})[observer.hook] = ""
        return brings

    def find_call(self, kind: str, text: str) -> tuple[Entry, Options, str]:
        """Look up "name" or "name:option=value".

        Returns:
            The contribution, its options, and its name with those that differ from the defaults.

        Raises:
            OptionError: An option does not fit.
            UnknownNameError: Nothing has that name, or several do.
        """
        name, values = split_call(text)
        if "" in values:
            raise OptionError(f"{kind} '{text}' does not fit; expected NAME or NAME:option=value")
        entry = self.find(kind, name)
        options = build_options(entry.declaration.options, values, entry.where)
        return entry, options, call_text(entry.usual_name, options)

    def find(self, kind: str, name: str) -> Entry:
        """Look a contribution up by short or full name.

        A short name means, in this order: the plugin pinned for it, a plugin file given by hand,
        the built-in, the only other plugin that has it. Within a contribution it means its own
        plugin's, else the built-in.

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
        if self.within and "/" not in name:
            ours = [e for p in (self.within, "core") for e in matching if e.plugin.id == p]
            if not ours:
                raise UnknownNameError(
                    f"plugin '{self.within}' names {kind} '{name}', and within a plugin short "
                    f"names are its own or artgan's: write {matching[0].full_name}"
                )
            return ours[0]
        ranks = {pinned: 0, "file": 1, "core": 2}

        def rank(entry: Entry) -> int:
            by_id = ranks.get(entry.plugin.id, 3)
            return min(by_id, 1) if entry.plugin.origin == "file" else by_id

        matching.sort(key=rank)
        if len(matching) > 1 and rank(matching[0]) == rank(matching[1]):
            names = join_names([entry.full_name for entry in matching])
            raise UnknownNameError(f"{kind} '{name}' is ambiguous: say {names}.")
        return matching[0]

    def names_in(self, plugin_id: str) -> "Registry":
        """Return the same contributions with short names as a plugin, or the user, means them."""
        return self if plugin_id == OWN_ID else replace(self, within=plugin_id, pins={})

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
        for left in self.left_out if not owner else ():
            text += f" Plugin {left} is {with_full_stop(self.left_out[left])}"
        for broken in self.broken:
            if not owner or broken.plugin.id == owner:
                reason = with_full_stop(broken.reason)
                text += f" Plugin {broken.plugin.id} is broken and might have it: {reason}"
        known = [p.id for p in self.plugins] + [b.plugin.id for b in self.broken]
        if is_plugin_name(owner) and owner not in known:
            text += f" Plugin '{owner}' is not installed: artgan plugins install {owner}"
        return text

    def blame(self, error: BaseException) -> Plugin | None:
        """Find the plugin in whose code an error arose, innermost first; None for artgan's own."""
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


def with_full_stop(text: str) -> str:
    """Add a full stop to a text that has no end mark."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
