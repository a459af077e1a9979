"""Observers that ship with artgan and are switched on by name: ``--log tensorboard``."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass

from artgan.base.contributions import Observer, gather_observers
from artgan.base.identity import Plugin
from artgan.base.suggest import join_names, suggest
from artgan.errors import MissingExtraError, OptionError
from artgan.plugin_manager.plugin_settings import claim
from artgan.version import __version__


@dataclass(frozen=True)
class Logger:
    """An observer module that ships with artgan, and the package that an extra installs for it."""

    module: str
    needs: str


LOGGERS = {
    "tensorboard": Logger("artgan.plugins.loggers.tensorboard", "tensorboardX"),
    "wandb": Logger("artgan.plugins.loggers.wandb", "wandb"),
}


def logging_observers(names: Sequence[str]) -> list[Observer]:
    """Return the observers of the named loggers."""
    observers: list[Observer] = []
    for name in dict.fromkeys(names):
        if name not in LOGGERS:
            raise OptionError(
                f"there is no logger '{name}'; expected {join_names(LOGGERS)}."
                f"{suggest(name, LOGGERS)}"
            )
        logger = LOGGERS[name]
        if importlib.util.find_spec(logger.needs) is None:
            raise MissingExtraError(
                f"--log {name} needs the package '{logger.needs}': pip install 'artgan[{name}]'"
            )
        plugin = Plugin(name, __version__, "built-in")
        module = importlib.import_module(logger.module)
        for declared in module.artgan_settings():
            claim(name, declared.options)
        observers += gather_observers(module, plugin)
    return observers
