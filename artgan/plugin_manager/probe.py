"""Loads one plugin in a process of its own, so that nothing it does can harm artgan.

The child is ``python -m artgan.plugin_manager.probe NAME``; it prints one line of JSON.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from artgan.core.registry import Registry
from artgan.errors import PluginError
from artgan.plugin_manager.audit import record_side_effects
from artgan.plugin_manager.child import run_child
from artgan.plugin_manager.discovery import FoundPlugin, discover
from artgan.plugin_manager.load import add_found, load_registry
from artgan.plugin_manager.plugin_settings import ShownSetting, shown_settings

HEAVY = ("torch", "numpy", "PIL")
"""Libraries that take long to import; a plugin module should leave them for later."""


@dataclass(frozen=True)
class Probe:
    """What loading a plugin showed: kind -> name -> summary, or the reason why it failed.

    ``where`` is the file and line that failed, or ""; ``heavy`` are libraries that it imported;
    ``clashes`` are names that artgan itself has as well; ``touched`` is what it did outside Python,
    such as "writes 'a.txt'". ``settings`` are its settings as they are here, and ``unfit`` why they
    cannot be used.
    """

    brings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""
    where: str = ""
    seconds: float = 0.0
    heavy: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    prints: bool = False
    touched: tuple[str, ...] = ()
    settings: tuple[ShownSetting, ...] = ()
    unfit: str = ""


def probe(found: FoundPlugin, timeout_seconds: float = 20.0) -> Probe:
    """Load a plugin in a child process, which is killed if it takes too long."""
    if found.problem:
        return Probe(reason=found.problem)
    path = found.plugin.path
    name = path if path.endswith(".py") else found.plugin.id
    child = run_child("artgan.plugin_manager.probe", name, timeout_seconds=timeout_seconds)
    if child.code is None:
        return Probe(
            reason=f"it was still loading after {timeout_seconds:g} seconds, and was ended",
            seconds=timeout_seconds,
        )
    try:
        facts = json.loads(child.out)
    except ValueError:
        return Probe(reason=f"it ended Python with exit code {child.code} while loading")
    facts |= {key: tuple(facts[key]) for key in ("heavy", "clashes", "touched")}
    facts["settings"] = tuple(ShownSetting(**one) for one in facts["settings"])
    return Probe(**{**facts, "prints": bool(child.err.strip())})


def _settings_here(registry: Registry, plugin_id: str) -> tuple[tuple[ShownSetting, ...], str]:
    """Return the settings of a plugin, and why what is set for it cannot be used, or ""."""
    shown: list[ShownSetting] = []
    try:
        for entry in registry.entries("settings"):
            if entry.plugin.id == plugin_id:
                given = discover().given
                shown += shown_settings(plugin_id, entry.declaration.options, given)
    except PluginError as error:
        return (), str(error)
    return tuple(shown), ""


def probe_here(name: str) -> Probe:
    """Load a plugin, given by id or file, in this process."""
    # Loaded before the clock starts: artgan's own modules are not the plugin's cost.
    registry = load_registry(packages=False)
    found = discover().get_or_file(name)
    before = {name for name in HEAVY if name in sys.modules}
    begun = time.perf_counter()
    with record_side_effects() as touched:
        add_found(registry, found)
    seconds = time.perf_counter() - begun
    broken = [b for b in registry.broken if b.plugin == found.plugin]
    brings = registry.brought_by(found.plugin.id)
    core = registry.brought_by("core")
    settings, unfit = _settings_here(registry, found.plugin.id)
    return Probe(
        brings=brings,
        reason="; ".join(b.reason for b in broken),
        where=_where(broken[0].error) if broken else "",
        seconds=seconds,
        heavy=tuple(n for n in HEAVY if n in sys.modules and n not in before),
        clashes=tuple(
            f"{kind}/{name}"
            for kind in brings
            for name in brings[kind]
            if name in core.get(kind, {})
        ),
        touched=tuple(touched),
        settings=settings,
        unfit=unfit,
    )


def _where(error: BaseException | None) -> str:
    """Return file and line of the innermost frame outside artgan and Python itself."""
    own = str(Path(__file__).parents[1])
    frames = traceback.extract_tb(error.__traceback__) if error else []
    for frame in reversed(frames):
        inside = frame.filename.startswith((own, "<", str(Path(os.__file__).parent)))
        if not inside or "site-packages" in frame.filename.removeprefix(own):
            return f"{frame.filename}:{frame.lineno}"
    return ""


def main() -> None:
    """Child process entry point: load the named plugin and print what that showed."""
    # Only the answer goes to the real stdout; what the plugin prints goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        json.dump(asdict(probe_here(sys.argv[1])), answer)


if __name__ == "__main__":
    main()
