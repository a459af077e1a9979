"""Tells observers what happens; one that raises is switched off, and training goes on."""

import logging
import os
from typing import Any

from artgan.core.registry import Plugin, Registry

log = logging.getLogger("artgan")


class Observers:
    """The observer hooks of all plugins.

    Attributes:
        failed: Plugin id -> what it raised, for the run's record.
    """

    def __init__(self, registry: Registry) -> None:
        self._modules: list[tuple[Plugin, object]] = registry.observers()
        self.failed: dict[str, str] = {}

    def call(self, hook: str, **facts: Any) -> None:
        """Call one hook of every observer with the arguments that it asks for."""
        if not self._modules:
            return
        for plugin, module in list(self._modules):
            function = getattr(module, hook, None)
            if function is None:
                continue
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            try:
                function(**{name: facts[name] for name in names})
            # The plugin boundary: training never dies of an observer.
            except Exception as error:
                if os.environ.get("ARTGAN_STRICT") == "1":
                    raise
                self.failed[plugin.id] = f"{hook}: {type(error).__name__}: {error}"
                log.warning("observer %s is switched off: %s", plugin.id, self.failed[plugin.id])
                self._modules.remove((plugin, module))
