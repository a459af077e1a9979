"""What a check is, what it looks at, and how it speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from artgan.base.options import build_options
from artgan.core.identity import Plugin
from artgan.core.registry import Entry, Registry
from artgan.plugin_manager.discovery import FoundPlugin
from artgan.plugin_manager.probe import Probe, probe


class ContractError(AssertionError):
    """A plugin does not keep its contract."""


def expect(kept: object, told: str) -> None:
    """Hold a plugin to its contract.

    Args:
        kept: Whether it does.
        told: What is wrong, what was expected, what to do.

    Raises:
        ContractError: It does not.
    """
    if not kept:
        raise ContractError(told)


@dataclass(frozen=True)
class Result:
    """What one check showed.

    Attributes:
        kind: "plugin", "observer", or the kind of the contribution.
        name: Name of the contribution, or of the plugin.
        check: Name of the check.
        outcome: "blocked" where a check that this one builds on failed.
        reason: What is wrong, or "".
    """

    kind: str
    name: str
    check: str
    outcome: Literal["passed", "failed", "blocked"]
    reason: str = ""

    def __str__(self) -> str:
        """Name it as the user sees it."""
        return f"{self.kind} {self.name}: {self.check}"


@dataclass
class CheckedPlugin:
    """The plugin under test.

    Attributes:
        plugin: Who it is.
        found: Where it is, None for artgan's own.
        registry: artgan's own contributions, and those of the plugin.
        timeout_seconds: How long loading may take.
        samples: Dataset -> file or folder to open it with.
        notes: What a check leaves for the next.
    """

    plugin: Plugin
    found: FoundPlugin | None
    registry: Registry
    timeout_seconds: float
    samples: Mapping[str, Path] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def probe(self) -> Probe:
        """What loading it in a process of its own shows."""
        return probe(self.found, self.timeout_seconds) if self.found else Probe()

    @property
    def entries(self) -> list[Entry]:
        """All that it contributes, in the order of loading."""
        kinds = self.registry.brought_by(self.plugin.id)
        found = [entry for kind in kinds for entry in self.registry.entries(kind)]
        return [entry for entry in found if entry.plugin.id == self.plugin.id]


@dataclass(frozen=True)
class Subject:
    """One thing to check.

    Attributes:
        kind: "plugin", "observer", or the kind of the contribution.
        name: Its name.
        checked: The plugin that it belongs to.
        entry: The contribution; None for the plugin as a whole and its observers.
    """

    kind: str
    name: str
    checked: CheckedPlugin
    entry: Entry | None = None

    @property
    def contribution(self) -> Entry:
        """The contribution itself."""
        expect(self.entry is not None, "this check needs a contribution")
        return self.entry  # type: ignore[return-value]

    @property
    def declared(self) -> Any:
        """Its declaration."""
        return self.contribution.declaration

    def options(self, **values: Any) -> Any:
        """Give its options, by default those declared."""
        return build_options(self.declared.options, values, self.contribution.where)

    def build(self) -> Any:
        """Build the part, for kinds that have ``build``."""
        return self.contribution.call("build", self.options())


Run = Callable[[Subject], None]
Applies = Callable[[Subject], bool]


@dataclass(frozen=True)
class Check:
    """One promise of the contract.

    Attributes:
        name: Words joined by hyphens.
        run: Raises ``ContractError``, or anything, if the promise is broken.
        after: Checks without which this one tells nothing.
        applies: Whether what is declared makes the promise at all.
    """

    name: str
    run: Run
    after: tuple[str, ...] = ()
    applies: Applies = lambda _: True

    @property
    def help(self) -> str:
        """The promise in one line."""
        return (self.run.__doc__ or "").partition("\n")[0]


class Checks(list[Check]):
    """The checks of one kind, in order."""

    def add(
        self, name: str, *, after: tuple[str, ...] = (), applies: Applies = lambda _: True
    ) -> Callable[[Run], Run]:
        """Add the decorated function as a check."""

        def keep(run: Run) -> Run:
            self.append(Check(name, run, after, applies))
            return run

        return keep
