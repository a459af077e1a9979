"""What a user has set for a plugin in ``artgan.toml``, and its secrets.

A plugin declares a class of options and reads it where it needs it, never while it is loaded:

    from typing import Annotated

    from artgan.plugin import Meta, Options, PluginSettings, hookimpl
    from artgan.plugin.settings import settings_of

    class NotifySettings(Options, frozen=True, kw_only=True):
        every: Annotated[int, Meta(ge=1, description="Steps between messages")] = 100
        token: Annotated[
            str, Meta(description="Of your account", extra={"secret": "NOTIFY_TOKEN"})
        ] = ""

    @hookimpl
    def artgan_settings():
        yield PluginSettings(options=NotifySettings)

    @hookimpl
    def artgan_step_finished(report):
        settings = settings_of(NotifySettings)

Settings say where and how: accounts, folders, intervals. What a picture looks like is a matter of
options, which records keep; settings are written down nowhere.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from artgan.plugin import Options

SettingsT = TypeVar("SettingsT", bound=Options)

_HOST: list[Callable[[type[Options]], Options | None]] = []


class Secret(str):
    """A text that is not shown where the object that holds it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self else "''"


def settings_of(options_class: type[SettingsT]) -> SettingsT:
    """Return what the user has set for a plugin, by the class that it declares.

    Without artgan around it, as in a test of the plugin's own, these are the defaults.

    Raises:
        PluginError: A key is unknown, a value does not fit, or a file of secrets cannot be used.
    """
    found: Any = _HOST[-1](options_class) if _HOST else None
    return found if isinstance(found, options_class) else options_class()


def connect(host: Callable[[type[Options]], Options | None]) -> None:
    """Let artgan answer; for artgan itself."""
    _HOST[:] = [host]
