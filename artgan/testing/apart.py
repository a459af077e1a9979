"""Checks a plugin in a process of its own."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from artgan.errors import PluginError
from artgan.plugin_manager.child import ChildResult, run_child
from artgan.testing._cases import Report
from artgan.testing._checks import Result


def check_apart(
    plugin: str,
    *,
    samples: Mapping[str, str] | None = None,
    timeout_seconds: float = 20.0,
    limit_seconds: float = 600.0,
) -> Report:
    """Run every check of a plugin in a child process; arguments as of ``contract_cases``.

    All checks together may take ``limit_seconds``.
    """
    wanted = {"plugin": plugin, "samples": dict(samples or {}), "timeout_seconds": timeout_seconds}
    child = run_child("artgan.testing", json.dumps(wanted), timeout_seconds=limit_seconds)
    lines = list(_lines(child.out))
    error = next((line["error"] for line in lines if "error" in line), "")
    if error:
        raise PluginError(error)
    if not lines:
        said = child.err.strip().splitlines()
        raise PluginError(
            f"plugin '{plugin}' was not checked: {said[-1] if said else _exit_text(child)}"
        )
    results = [Result(**line["result"]) for line in lines if "result" in line]
    if "done" not in lines[-1]:
        kind, name, check = lines[-1].get("begins", ("plugin", lines[0]["id"], "loads"))
        limit = f"it was still going on after {limit_seconds:g} seconds, and was ended"
        reason = limit if child.code is None else _exit_text(child)
        results.append(Result(kind, name, check, "failed", reason))
    return Report(lines[0]["id"], lines[0]["version"], tuple(results))


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        # A child that is killed may leave half a line.
        except ValueError:
            continue


def _exit_text(child: ChildResult) -> str:
    return f"it ended Python with exit code {child.code}"
