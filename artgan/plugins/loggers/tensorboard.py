"""Writes metrics and previews for TensorBoard into the folder ``tensorboard`` of the run.

Open them with ``tensorboard --logdir runs``.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from artgan.plugin import Meta, Options, PluginSettings, StepFacts, hookimpl
from artgan.plugin.settings import settings_of
from artgan.plugins.loggers._figures import figures

_writers: dict[Path, Any] = {}


class TensorboardSettings(Options, frozen=True, kw_only=True):
    """What ``[plugins.tensorboard]`` in artgan.toml sets."""

    every: Annotated[int, Meta(ge=1, description="Steps between the points of a curve")] = 10


@hookimpl
def artgan_settings() -> Iterator[PluginSettings]:
    """Declare the settings."""
    yield PluginSettings(options=TensorboardSettings)


@hookimpl
def artgan_run_started(folder: Path) -> None:
    """Open the writer of a run."""
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder / "tensorboard"))
    text = (folder / "run.toml").read_text(encoding="utf-8")
    writer.add_text("settings", f"```toml\n{text}```")
    _writers[folder] = writer


@hookimpl
def artgan_step_finished(report: StepFacts, measured: Mapping[str, float], folder: Path) -> None:
    """Write the metrics of some steps, and of each step at which quality was measured."""
    if report.step % settings_of(TensorboardSettings).every and not measured:
        return
    for name, value in figures(report, measured).items():
        _writers[folder].add_scalar(name, value, report.step)


@hookimpl
def artgan_preview_saved(path: Path, step: int, folder: Path) -> None:
    """Write a preview."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    _writers[folder].add_image("preview", pixels, step, dataformats="HWC")


@hookimpl
def artgan_run_finished(folder: Path) -> None:
    """Close the writer."""
    _writers.pop(folder).close()
