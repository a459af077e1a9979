"""The contract kit as a pytest decorator; pytest is imported when it is used."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan.testing._cases import contract_cases


def parametrize_with_plugin_checks(
    plugin: str | Path,
    *,
    kinds: Sequence[str] | None = None,
    samples: Mapping[str, Path] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Parametrize a test with one ``case`` for each contribution and check.

    Args:
        plugin: Id of an installed plugin, or a Python file.
        kinds: Only these: "plugin", "observer" or kinds of contributions; None for all.
        samples: Dataset -> file or folder to open it with, for datasets that take one.
    """
    import pytest

    cases = contract_cases(plugin, kinds=kinds, samples=samples)
    decorator: Callable[[Callable[..., Any]], Callable[..., Any]] = pytest.mark.parametrize(
        "case", cases, ids=str
    )
    return decorator
