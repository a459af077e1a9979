"""Decides which plugins take part, from settings files, flags and environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgan.base.identity import plain_id


@dataclass(frozen=True)
class Restriction:
    """The plugins that the command line leaves out.

    Attributes:
        none: ``--no-plugins``: all of them.
        disabled: Ids after ``--disable``.
        no_project: ``--no-project``: ``artgan.toml`` is not read.
    """

    none: bool = False
    disabled: tuple[str, ...] = ()
    no_project: bool = False


NO_RESTRICTION = Restriction()


@dataclass
class ProcessOptions:
    """What the command line decided for this process before it loaded any plugin."""

    restriction: Restriction = NO_RESTRICTION


PROCESS = ProcessOptions()


@dataclass(frozen=True)
class Selection:
    """Which plugins take part, and which of them short names prefer.

    Attributes:
        disabled: Plugin id -> why it is disabled, with the command that enables it.
        pins: Kind/name -> plugin id.
        only: Ids that take part, or None for all.
        left_out: Why the others do not.
    """

    disabled: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None
    left_out: str = ""

    def why_not(self, plugin_id: str) -> str:
        """Return why a plugin does not take part, or "" if it does."""
        if self.only is not None and plugin_id not in self.only:
            return self.left_out
        return self.disabled.get(plugin_id, "")


def select(
    user: Mapping[str, Any],
    project: Mapping[str, Any],
    project_file: Path | None,
    restriction: Restriction,
) -> Selection:
    """Combine what the user, the project, the command line and ``ARTGAN_PLUGINS`` say.

    Args:
        user: Contents of ``plugins.toml``.
        project: Contents of ``artgan.toml``; its pins win.
        project_file: Where that is.
        restriction: What the command line leaves out.
    """
    by_user = [plain_id(name) for name in user.get("disabled", [])]
    disabled = {
        **{plain_id(n): f"disabled in '{project_file}'" for n in project.get("disabled", [])},
        **{name: f"disabled: artgan plugins enable {name}" for name in by_user},
        **{plain_id(n): "disabled by --disable" for n in restriction.disabled},
    }
    pins = {
        f"{kind}/{name}": plain_id(owner)
        for settings in (user, project)
        for kind, names in settings.get("pin", {}).items()
        for name, owner in names.items()
    }
    if restriction.none:
        return Selection(disabled, pins, frozenset(), "left out by --no-plugins")
    return Selection(disabled, pins, listed_plugins(), "left out by ARTGAN_PLUGINS")


def listed_plugins() -> frozenset[str] | None:
    """Return the ids that ``ARTGAN_PLUGINS`` lists, or None if it is not set."""
    listed = os.environ.get("ARTGAN_PLUGINS")
    if listed is None:
        return None
    return frozenset(plain_id(name.strip()) for name in listed.split(",") if name.strip())
