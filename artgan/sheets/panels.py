"""Panels of plugins on the page of a run: frames that see what they are told, and nothing else."""

import json
from collections.abc import Iterable
from typing import Any

from artgan.base.contributions import Entry
from artgan.base.panels import ShownPanel, shown_panels
from artgan.base.suggest import count_of
from artgan.core.config import RunConfig
from artgan.core.run_folder import RunFolder

MOST_LINES = 500


def show_panels(
    entries: Iterable[Entry], folder: RunFolder, config: RunConfig, step: int
) -> list[ShownPanel]:
    """Write the document of each panel, with what it may see of a run."""
    seen: dict[str, Any] = {
        "run": _run_facts(folder, config, step),
        "metrics": _thinned(folder.read_metrics()),
        "evaluation": _evaluation(folder),
    }
    return shown_panels(entries, "run", seen)


def _run_facts(folder: RunFolder, config: RunConfig, step: int) -> dict[str, Any]:
    """Describe a run without naming any place on this machine."""
    return {
        "name": folder.path.resolve().name,
        "architecture": config.architecture.name,
        "loss": config.loss.name,
        "width": config.width,
        "height": config.height,
        "channels": count_of(config.channels, "channel"),
        "seed": config.seed,
        "step": step,
        "steps": config.training.steps,
    }


def _thinned(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out lines evenly until few enough are left; those with a quality stay."""
    every = -(-len(lines) // MOST_LINES) or 1
    return [line for place, line in enumerate(lines) if place % every == 0 or "quality" in line]


def _evaluation(folder: RunFolder) -> list[Any]:
    file = folder.path / "evaluation.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    # Whoever evaluates anew is told of a damaged file.
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
