"""Calls observers; one that raises is switched off for the rest of the run."""

import logging
import os
from collections.abc import Sequence
from typing import Any

from artgan.base.contributions import Observer
from artgan.core.registry import Registry

log = logging.getLogger("artgan")


class Observers:
    """The observer hooks of all plugins.

    Attributes:
        failed: Plugin id -> what it raised, for the run's record.
    """

    def __init__(self, registry: Registry, more: Sequence[Observer] = ()) -> None:
        self._by_hook: dict[str, list[Observer]] = {}
        for observer in (*registry.observers(), *more):
            self._by_hook.setdefault(observer.hook, []).append(observer)
        self.failed: dict[str, str] = {}

    def call(self, hook: str, **facts: Any) -> None:
        """Call one hook of every observer with the arguments that it asks for."""
        for observer in self._by_hook.get(hook, ()):
            try:
                observer.function(*[facts[name] for name in observer.arguments])
            # The plugin boundary: training never dies of an observer.
            except (Exception, SystemExit) as error:
                if os.environ.get("ARTGAN_STRICT") == "1":
                    raise
                self._switch_off(observer, error)

    def _switch_off(self, failed: Observer, error: BaseException) -> None:
        plugin = failed.plugin
        self.failed[plugin.id] = f"{failed.hook}: {type(error).__name__}: {error}"
        log.warning(
            "Observer %s %s is switched off for this run: %s",
            plugin.id,
            plugin.version,
            self.failed[plugin.id],
        )
        # New lists, since a loop may be going over an old one.
        self._by_hook = {
            hook: [o for o in observers if o.plugin.id != plugin.id]
            for hook, observers in self._by_hook.items()
        }
