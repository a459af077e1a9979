"""Writes metrics and previews for TensorBoard into the folder ``tensorboard`` of the run.

Open them with ``tensorboard --logdir runs``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgan.plugin import StepFacts, hookimpl
from artgan.plugins.loggers._figures import figures

EVERY = 10
_writers: dict[Path, Any] = {}


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
    """Write the metrics of every tenth step, and of each step at which quality was measured."""
    if report.step % EVERY and not measured:
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
