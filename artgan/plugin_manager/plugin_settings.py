"""Builds what users set for plugins in ``plugins.toml`` and ``artgan.toml``, and their secrets.

Secrets come from an environment variable or from ``secrets.toml`` in the user's folder, which only
the user may read. Nothing of all this is recorded.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from artgan.base.identity import plain_id
from artgan.base.options import OptionFact, build_options, describe
from artgan.base.paths import config_folder
from artgan.base.suggest import suggest
from artgan.base.tables import read_toml
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError
from artgan.plugin import Options
from artgan.plugin.settings import Secret, connect
from artgan.plugin_manager.discovery import Discovery
from artgan.plugin_manager.settings import GivenSettings


@dataclass(frozen=True)
class ShownSetting:
    """A setting as ``artgan plugins show`` prints it; of a secret only whether it is set."""

    name: str
    value: str
    source: str
    expected: str
    help: str


@dataclass
class Owners:
    """Which plugin has which class of settings, and what is set for it."""

    given: GivenSettings = field(default_factory=GivenSettings)
    plugins: dict[type[Options], str] = field(default_factory=dict)

    def find(self, options_class: type[Options]) -> Options | None:
        """Build the settings of a class; None if no plugin here has declared it."""
        owner = self.plugins.get(options_class)
        return None if owner is None else build_settings(owner, options_class, self.given)


_OWNERS = Owners()


def connect_settings(registry: Registry, given: GivenSettings) -> None:
    """Let the plugins of a registry read what is set for them.

    Raises:
        PluginError: A key is unknown, or a value does not fit.
    """
    _OWNERS.given = given
    connect(_OWNERS.find)
    check_settings(registry)


def check_settings(registry: Registry) -> None:
    """Check what is set for the plugins of a registry, secrets aside.

    Raises:
        PluginError: A key is unknown, or a value does not fit.
    """
    for entry in registry.entries("settings"):
        claim(entry.plugin.id, entry.declaration.options)


def claim(plugin_id: str, options_class: type[Options]) -> None:
    """Note whose a class of settings is, and check what is set for it, secrets aside.

    Raises:
        PluginError: A key is unknown, or a value does not fit.
    """
    _OWNERS.plugins[options_class] = plugin_id
    _open_settings(plugin_id, options_class, _OWNERS.given)


def build_settings(plugin_id: str, options_class: type[Options], given: GivenSettings) -> Options:
    """Build the settings of a plugin with its secrets.

    Raises:
        PluginError: A key is unknown, a value does not fit, or the secrets cannot be used.
    """
    built = _open_settings(plugin_id, options_class, given)
    names = secret_names(options_class)
    found = {name: Secret(_secret(plugin_id, name, names[name])[0]) for name in names}
    return msgspec.structs.replace(built, **found) if found else built


def _open_settings(plugin_id: str, options_class: type[Options], given: GivenSettings) -> Options:
    """Check each file's table by itself, so that errors name the file, and join them."""
    values: dict[str, Any] = {}
    secrets = secret_names(options_class)
    for layer in given.layers:
        table = layer.tables.get(plugin_id, {})
        where = f"'{layer.file}': [plugins.{plugin_id}]"
        for name in table:
            variable = secrets.get(name.replace("-", "_"))
            if variable:
                raise PluginError(
                    f"{where} sets '{name}', which is a secret: set the environment variable "
                    f"{variable}, or write it into '{secrets_file()}'"
                )
        try:
            build_options(options_class, table, where)
        except OptionError as error:
            raise PluginError(str(error)) from error
        values |= {name.replace("-", "_"): value for name, value in table.items()}
    return build_options(options_class, values, f"plugin {plugin_id}")


def settings_of_nobody(discovery: Discovery) -> list[str]:
    """Describe each table of settings whose plugin was not found."""
    here = [*(found.plugin.id for found in discovery.found), *_OWNERS.plugins.values()]
    return [
        f"'{file}': [plugins.{name}]: there is no plugin '{name}' here.{suggest(name, here)}"
        for file, name in discovery.given.named()
        if name not in here
    ]


def secret_names(options_class: type[Options]) -> dict[str, str]:
    """List the settings that are secrets: name -> environment variable."""
    return {fact.name: fact.secret for fact in describe(options_class) if fact.secret}


def secrets_file() -> Path:
    """Return the user's file of secrets, a table for each plugin; it need not exist."""
    return config_folder() / "secrets.toml"


def _secret(plugin_id: str, name: str, variable: str) -> tuple[str, str]:
    """Return a secret and where it is from; ("", "") if it is not set."""
    if os.environ.get(variable):
        return os.environ[variable], variable
    file = secrets_file()
    if not file.is_file():
        return "", ""
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PluginError(f"others may read '{file}', which holds secrets: chmod 600 '{file}'")
    tables = {plain_id(key): value for key, value in read_toml(file, PluginError).items()}
    table = tables.get(plugin_id, {})
    plain = {k.replace("-", "_"): v for k, v in table.items()} if isinstance(table, dict) else {}
    value = plain.get(name, "")
    if not isinstance(value, str):
        raise PluginError(f"'{file}': [{plugin_id}] {name} must be text")
    return value, str(file) if value else ""


def shown_settings(
    plugin_id: str, options_class: type[Options], given: GivenSettings
) -> list[ShownSetting]:
    """List the settings of a plugin with their values and where these are from.

    Raises:
        PluginError: A key is unknown, a value does not fit, or the secrets cannot be used.
    """
    built = _open_settings(plugin_id, options_class, given)
    return [_shown(plugin_id, fact, built, given) for fact in describe(options_class)]


def _shown(plugin_id: str, fact: OptionFact, built: Options, given: GivenSettings) -> ShownSetting:
    if fact.secret:
        _, source = _secret(plugin_id, fact.name, fact.secret)
        value = "set" if source else "not set"
        return ShownSetting(fact.flag, value, source, f"secret, {fact.secret}", fact.help)
    source = "default"
    for layer in given.layers:
        table = layer.tables.get(plugin_id, {})
        if fact.name in {key.replace("-", "_") for key in table}:
            source = str(layer.file)
    return ShownSetting(fact.flag, str(getattr(built, fact.name)), source, fact.expected, fact.help)
