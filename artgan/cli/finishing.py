"""What follows the last step of a training: samples, their sheet, the curves and the run's page."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from artgan.core.observers import Observers
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.monitoring.timekeeping import animation_seconds
from artgan.run import Run, load_run
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import FileOptions, Written, write_samples
from artgan.sheets.grid import contact_sheet
from artgan.sheets.panels import show_panels
from artgan.sheets.plots import plot_losses
from artgan.sheets.run_page import write_page

if TYPE_CHECKING:
    from artgan.core.runner import Session

REHEARSED = 4
"""Samples that a rehearsal makes at most."""

EXIT = 0.4
"""Seconds of processor time in which Python takes leave of its libraries."""


def sample_and_show(
    run: Run,
    folder: RunFolder,
    options: FileOptions | None,
    observers: Observers,
    count: int | None = None,
) -> Written:
    """Write samples, their contact sheet, the curves of the losses and the run's page to a folder.

    Options of None write no samples; ``count`` of None as many as the run was planned with.
    """
    config = run.config
    count = config.count if count is None else count
    written = Written(())
    if options and count:
        request = SampleRequest(range(count), config.style, config.knobs)
        written = write_samples(run, request, folder.samples, options, observers=observers)
        sheet = folder.path / "contact-sheet.png"
        contact_sheet(written.files, sheet, ground=config.ground, keep_mark=options.keep_mark)
    keep_mark = run.config.keep_mark
    plot_losses(run.folder.read_metrics(), folder.path / "losses.png", keep_mark=keep_mark)
    step = run.checkpoint.step
    panels = show_panels(run.registry.entries("panel"), run.folder, config, step)
    write_page(folder, config, written.files, step, panels)
    return written


def rehearse(session: "Session", options: FileOptions | None) -> float | None:
    """Measure how long all of this will take, in seconds; None before the first checkpoint.

    A few samples are made of the state so far, elsewhere, and the animation.
    """
    animation = animation_seconds(session.folder, session.config.keep_mark)
    if animation is None or session.folder.last_checkpoint() is None:
        return None
    begun, used = time.perf_counter(), time.process_time()
    run = load_run(session.folder.path, session.registry)
    count = min(REHEARSED, run.config.count)
    with TemporaryDirectory() as place:
        sample_and_show(run, RunFolder(Path(place)), options, Observers(Registry()), count)
    made = time.perf_counter() - begun
    # Where other programs have the processors, leaving waits for them as well.
    leaving = EXIT * max(1.0, made / max(1e-3, time.process_time() - used))
    return (
        leaving
        + animation
        + made * (max(1.0, run.config.count / count) if options and count else 1.0)
    )
