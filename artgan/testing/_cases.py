"""Selects the checks that apply to a plugin and runs them."""

import importlib
import traceback
import unittest
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from artgan.base.identity import Plugin
from artgan.errors import PluginError
from artgan.plugin import KINDS
from artgan.plugin_manager.discovery import discover
from artgan.plugin_manager.load import add_found, load_registry
from artgan.testing._checks import Check, CheckedPlugin, Checks, ContractError, Result, Subject
from artgan.testing._plugin import own_files
from artgan.version import __version__

MODULES = {
    kind: f"artgan.testing._{kind.replace('-', '_')}"
    for kind in ("plugin", *KINDS, "command", "settings", "observer")
}
TIMEOUT_SECONDS = 20.0
REFERENCES = "references-resolve"


def checks_of(kind: str) -> Checks:
    """Return the checks of a kind; its module is imported at the first call."""
    checks: Checks = importlib.import_module(MODULES[kind]).CHECKS
    return checks


@dataclass(frozen=True)
class Case:
    """One check of one contribution.

    Attributes:
        subject: What is checked.
        check: The check.
        known: Results so far, shared by the cases of a plugin.
    """

    subject: Subject
    check: Check
    known: dict[tuple[str, str, str], Result] = field(repr=False, compare=False)

    def __str__(self) -> str:
        """Return an id such as "filter-neon-keeps-size"."""
        return f"{self.subject.kind}-{self.subject.name}-{self.check.name}"

    def result(self) -> Result:
        """Run the check, once, and those that must pass first; a failing plugin raises nothing."""
        key = (self.subject.kind, self.subject.name, self.check.name)
        if key not in self.known:
            self.known[key] = self._run(*key)
        return self.known[key]

    def _run(self, kind: str, name: str, check: str) -> Result:
        unresolved = self.known.get(("plugin", self.subject.checked.plugin.id, REFERENCES))
        if unresolved and unresolved.outcome == "failed" and kind != "plugin":
            return Result(kind, name, check, "blocked", f"{REFERENCES} comes first")
        for needed in checks_of(kind):
            if needed.name in self.check.after:
                before = Case(self.subject, needed, self.known).result()
                if before.outcome != "passed":
                    return Result(kind, name, check, "blocked", f"{needed.name} comes first")
        try:
            self.check.run(self.subject)
        except ContractError as error:
            return Result(kind, name, check, "failed", str(error))
        # The plugin boundary: the author must see whatever it raises.
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}{self._place(error)}"
            return Result(kind, name, check, "failed", reason)
        return Result(kind, name, check, "passed")

    def _place(self, error: BaseException) -> str:
        """Return the innermost line of the plugin's own code that raised an error, or ""."""
        while error.__cause__:
            error = error.__cause__
        own = {str(path) for path in own_files(self.subject)}
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in own]
        return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""

    def run(self) -> None:
        """Run the check as a test.

        Raises:
            ContractError: The check failed.
            SkipTest: A check that must pass first failed, and is reported by itself.
        """
        result = self.result()
        if result.outcome == "failed":
            raise ContractError(f"{result}: {result.reason}")
        if result.outcome == "blocked":
            raise unittest.SkipTest(result.reason)


@dataclass(frozen=True)
class Report:
    """The results of all checks of a plugin.

    Attributes:
        plugin: Its id.
        version: Its version.
        results: One for each check, in order.
    """

    plugin: str
    version: str
    results: tuple[Result, ...]

    @property
    def failed(self) -> list[Result]:
        """Those that failed."""
        return [result for result in self.results if result.outcome == "failed"]

    @property
    def passed(self) -> bool:
        """Whether all of them passed, and there were any."""
        return bool(self.results) and all(r.outcome == "passed" for r in self.results)

    def counts(self) -> dict[str, Counter[str]]:
        """Count outcomes by kind."""
        counted: dict[str, Counter[str]] = {}
        for result in self.results:
            counted.setdefault(result.kind, Counter())[result.outcome] += 1
        return counted


def contract_cases(
    plugin: str | Path,
    *,
    kinds: Sequence[str] | None = None,
    samples: Mapping[str, Path] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> list[Case]:
    """List every check that applies to a plugin, ready to run.

    Args:
        plugin: Id of an installed plugin, a Python file, or "core" for artgan's own.
        kinds: Only these: "plugin", "observer" or kinds of contributions; None for all.
        samples: Dataset -> file or folder to open it with, for datasets that take one.
        timeout_seconds: How long loading the plugin may take.

    Raises:
        PluginError: There is no such plugin.
    """
    known: dict[tuple[str, str, str], Result] = {}
    checked = _find_plugin(str(plugin), timeout_seconds, dict(samples or {}))
    wanted = set(MODULES if kinds is None else kinds)
    # A plugin that fails or hangs on import must not do so here.
    loads = "plugin" not in wanted or not checked.probe.reason
    if loads and checked.found:
        add_found(checked.registry, checked.found)
    return [
        Case(subject, check, known)
        for subject in _subjects(checked)
        if subject.kind in wanted
        for check in checks_of(subject.kind)
        if _applies(check, subject)
    ]


def _applies(check: Check, subject: Subject) -> bool:
    try:
        return check.applies(subject)
    # The plugin boundary: a part that cannot be built fails another check.
    except (Exception, SystemExit):
        return True


def _find_plugin(name: str, timeout_seconds: float, samples: Mapping[str, Path]) -> CheckedPlugin:
    registry = load_registry(packages=False)
    if name == "core":
        core = Plugin("core", __version__, "built-in")
        return CheckedPlugin(core, None, registry, timeout_seconds, samples)
    found = discover().get_or_file(name)
    if found.untrusted:
        raise PluginError(f"plugin '{name}' is not loaded: {found.untrusted}")
    return CheckedPlugin(found.plugin, found, registry, timeout_seconds, samples)


def _subjects(checked: CheckedPlugin) -> Iterator[Subject]:
    yield Subject("plugin", checked.plugin.id, checked)
    for entry in checked.entries:
        yield Subject(entry.declaration.kind, entry.declaration.name, checked, entry)
    if "observer" in checked.registry.brought_by(checked.plugin.id):
        yield Subject("observer", checked.plugin.id, checked)


def check_plugin(
    plugin: str | Path,
    *,
    kinds: Sequence[str] | None = None,
    samples: Mapping[str, Path] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Report:
    """Run every check that applies to a plugin; arguments as of ``contract_cases``.

    Raises:
        PluginError: There is no such plugin.
    """
    cases = contract_cases(plugin, kinds=kinds, samples=samples, timeout_seconds=timeout_seconds)
    results = tuple(case.result() for case in cases)
    checked = cases[0].subject.checked if cases else _find_plugin(str(plugin), timeout_seconds, {})
    return Report(checked.plugin.id, checked.plugin.version, results)
