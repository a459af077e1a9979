"""A check, what it is run on, and its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from artgan.base.contributions import Entry
from artgan.base.identity import Plugin
from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.plugin_manager.discovery import FoundPlugin
from artgan.plugin_manager.probe import Probe, probe

T = TypeVar("T")


class ContractError(AssertionError):
    """A plugin fails a check of the contract kit."""


def expect(condition: object, message: str) -> None:
    """Fail the check unless a condition holds; say what is wrong, what was expected, what to do."""
    if not condition:
        raise ContractError(message)


def expect_type(value: Any, wanted: type[T], what: str, named: str) -> T:
    """Return what ``what`` returned; fail the check if it is not of the type named so."""
    if not isinstance(value, wanted):
        raise ContractError(f"{what} returned {type(value).__name__}; expected {named}")
    return value


@dataclass(frozen=True)
class Result:
    """The result of one check.

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
        """Return what users see: "filter neon: keeps-size"."""
        return f"{self.kind} {self.name}: {self.check}"


@dataclass
class CheckedPlugin:
    """The plugin under test, in a registry with artgan's own contributions and those of the plugin.

    ``found`` is None for artgan's own, ``samples`` are files or folders to open datasets with,
    ``notes`` hold what one check keeps for the next.
    """

    plugin: Plugin
    found: FoundPlugin | None
    registry: Registry
    timeout_seconds: float
    samples: Mapping[str, Path] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def probe(self) -> Probe:
        """What loading it in a process of its own showed; loaded at first use."""
        return probe(self.found, self.timeout_seconds) if self.found else Probe()

    @property
    def entries(self) -> list[Entry]:
        """Its contributions, in the order of loading."""
        kinds = self.registry.brought_by(self.plugin.id)
        found = [entry for kind in kinds for entry in self.registry.entries(kind)]
        return [entry for entry in found if entry.plugin.id == self.plugin.id]


@dataclass(frozen=True)
class Subject:
    """What a check is run on: a contribution, or a plugin or its observers, without an entry."""

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
        """Build its options; those that are not given keep their defaults."""
        return build_options(self.declared.options, values, self.contribution.where)

    def build(self) -> Any:
        """Build the part; for kinds that declare ``build``."""
        return self.contribution.call("build", self.options())


Run = Callable[[Subject], None]
Applies = Callable[[Subject], bool]


@dataclass(frozen=True)
class Check:
    """One check of the contract; its docstring is the help that plugin authors read.

    It runs where it applies to what is declared, and after those that must pass first.
    """

    name: str
    run: Run
    after: tuple[str, ...] = ()
    applies: Applies = lambda _: True

    @property
    def help(self) -> str:
        """What the check requires, in one line."""
        return (self.run.__doc__ or "").partition("\n")[0]


class Checks(list[Check]):
    """The checks of one kind, in order."""

    def add(
        self, name: str, *, after: tuple[str, ...] = (), applies: Applies = lambda _: True
    ) -> Callable[[Run], Run]:
        """Add the decorated function as a check."""

        def register(run: Run) -> Run:
            self.append(Check(name, run, after, applies))
            return run

        return register


def reads(subject: Subject) -> bool:
    """Tell whether a format can be read."""
    return subject.declared.read is not None


def writes(subject: Subject) -> bool:
    """Tell whether a format can be written."""
    return subject.declared.write is not None
