"""The values that all loggers write."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgan.plugin import StepFacts


def figures(report: StepFacts, measured: Mapping[str, float]) -> dict[str, float]:
    """Collect the metrics of a step by name, as in metrics.jsonl."""
    own = ("discriminator_loss", "generator_loss", "real_logits", "fake_logits", "learning_rate")
    return {name: getattr(report, name) for name in own} | dict(report.penalties) | dict(measured)


def settings(folder: Path) -> dict[str, Any]:
    """Read the settings of a run: the tables of its run.toml."""
    return tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
