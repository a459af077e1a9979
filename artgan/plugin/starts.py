"""Reads starts from TOML, as packages ship them beside their weights."""

import tomllib
from pathlib import Path
from typing import Any

from artgan.errors import PluginError
from artgan.plugin import Start, StartWeights


def read_start(path: Path) -> Start:
    """Read a start from a TOML file; its weights lie beside it.

    The keys are the attributes of ``Start``, with hyphens; each ``[[weights]]`` has those of
    ``StartWeights``, ``file`` as a name.

    Raises:
        PluginError: A key is missing or unknown, or the file is no TOML.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        weights = tuple(_weights(path.parent, table) for table in tree.pop("weights", ()))
        return Start(weights=weights, **_with_underscores(tree))
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise PluginError(f"'{path}' is no start: {error}") from error


def _weights(folder: Path, table: dict[str, Any]) -> StartWeights:
    options = _with_underscores(table.pop("options", {}))
    return StartWeights(file=folder / table.pop("file"), options=options, **table)


def _with_underscores(table: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in table.items()}
