"""Sends metrics and previews to Weights & Biases, or keeps them for later with WANDB_MODE=offline.

``wandb login`` asks once for your account; the project is ``artgan``, or that of WANDB_PROJECT.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgan.plugin import StepFacts, hookimpl
from artgan.plugins.loggers._figures import figures, settings

EVERY = 10
_runs: dict[Path, Any] = {}


@hookimpl
def artgan_run_started(folder: Path) -> None:
    """Open a run of Weights & Biases, named after the run's folder."""
    import wandb

    _runs[folder] = wandb.init(
        project=os.environ.get("WANDB_PROJECT", "artgan"),
        name=folder.name,
        dir=str(folder),
        config=settings(folder),
        reinit="create_new",
    )


@hookimpl
def artgan_step_finished(report: StepFacts, measured: Mapping[str, float], folder: Path) -> None:
    """Send the metrics of every tenth step, and of each step at which quality was measured."""
    if report.step % EVERY == 0 or measured:
        _runs[folder].log(figures(report, measured), step=report.step)


@hookimpl
def artgan_preview_saved(path: Path, step: int, folder: Path) -> None:
    """Send a preview."""
    import wandb

    _runs[folder].log({"preview": wandb.Image(str(path))}, step=step)


@hookimpl
def artgan_run_finished(folder: Path, outcome: str) -> None:
    """Close the run, and mark it if it failed."""
    _runs.pop(folder).finish(exit_code=1 if outcome == "failed" else 0)
