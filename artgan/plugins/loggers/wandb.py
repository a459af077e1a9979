"""Sends metrics and previews to Weights & Biases, or keeps them for later with WANDB_MODE=offline.

``wandb login`` asks once for your account; the project is ``artgan``, that of
``[plugins.wandb]`` in artgan.toml, or that of WANDB_PROJECT.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from artgan.plugin import Meta, Options, PluginSettings, StepFacts, hookimpl
from artgan.plugin.settings import settings_of
from artgan.plugins.loggers._figures import figures, settings

_runs: dict[Path, Any] = {}


class WandbSettings(Options, frozen=True, kw_only=True):
    """What ``[plugins.wandb]`` in artgan.toml sets; wandb keeps the secrets itself."""

    project: Annotated[
        str, Meta(min_length=1, description="Where runs are gathered; WANDB_PROJECT wins")
    ] = "artgan"
    every: Annotated[int, Meta(ge=1, description="Steps between the points of a curve")] = 10


@hookimpl
def artgan_settings() -> Iterator[PluginSettings]:
    """Declare the settings."""
    yield PluginSettings(options=WandbSettings)


@hookimpl
def artgan_run_started(folder: Path) -> None:
    """Open a run of Weights & Biases, named after the run's folder."""
    import wandb

    _runs[folder] = wandb.init(
        project=os.environ.get("WANDB_PROJECT") or settings_of(WandbSettings).project,
        name=folder.name,
        dir=str(folder),
        config=settings(folder),
        reinit="create_new",
    )


@hookimpl
def artgan_step_finished(report: StepFacts, measured: Mapping[str, float], folder: Path) -> None:
    """Send the metrics of some steps, and of each step at which quality was measured."""
    if report.step % settings_of(WandbSettings).every == 0 or measured:
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
