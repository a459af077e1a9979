"""Runs the training loop in a folder: writes metrics, previews and checkpoints, calls observers.

Everything that happens between two steps happens here, in plain order. Nothing here changes what
the loop computes, except the number of threads.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from artgan.base.animated_webp import save_animation
from artgan.base.contributions import Observer
from artgan.base.device import pick_device
from artgan.base.grounds import on_ground
from artgan.base.locks import FolderLock
from artgan.base.marks import OF_A_MODEL, write_marked_png
from artgan.base.pace import Pace
from artgan.base.paths import refuse_outside_links, remove_leftovers
from artgan.base.schedule import CHECKPOINTS, PREVIEWS, Schedule
from artgan.base.signals import stop_on_signals
from artgan.core.build import Parts, build_parts
from artgan.core.checkpoint import restore, save_checkpoint
from artgan.core.config import RunConfig
from artgan.core.data import ImageTable
from artgan.core.distributed import World
from artgan.core.failures import explain_failures, naming_plugins
from artgan.core.images import enlarge, grid, to_pil
from artgan.core.observers import Observers
from artgan.core.registry import Registry, with_full_stop
from artgan.core.requirements import plugin_versions
from artgan.core.run_folder import RunFolder
from artgan.core.sample import sample_pixels
from artgan.core.state import StepReport, TrainingState, new_state
from artgan.core.train import train
from artgan.errors import DataError, PluginError, ProcessError, RunError, TrainingError

PREVIEW_PICTURES = 64


@dataclass(frozen=True)
class Progress:
    """What a front end shows while training goes on.

    Attributes:
        report: The last step, of ``steps``.
        images_per_second: Real pictures, over the last few seconds.
        seconds_left: Estimate, or None at first.
        warning: What looks wrong, in plain words, or "".
    """

    report: StepReport
    steps: int
    images_per_second: float
    seconds_left: float | None
    warning: str


class Monitor(Protocol):
    """Judges how a training goes; changes nothing."""

    def look(
        self, parts: Parts, config: RunConfig, state: TrainingState, report: StepReport
    ) -> tuple[dict[str, float], str]:
        """Return measures by name, and a warning in plain words or ""."""

    def quality(self, parts: Parts, config: RunConfig, state: TrainingState) -> float:
        """Return the distance of samples from real pictures; smaller is better."""


class Threads(Protocol):
    """Sets how many threads compute each step."""

    count: int
    notice: str

    @property
    def made_with(self) -> int | str:
        """What run.toml keeps."""

    def watch(self, steps: Iterator[StepReport], done: int) -> Iterator[StepReport]:
        """Yield the reports of ``steps``, which follow ``done`` others."""


class Timing(Protocol):
    """Decides when a training ends."""

    def watch(self, steps: Iterator[StepReport], state: TrainingState) -> Iterator[StepReport]:
        """Yield the reports of ``steps``; turn ``state.schedule`` where the time asks for it."""


@dataclass(frozen=True)
class Attached:
    """What is handed to a training from outside.

    Attributes:
        observers: Called after those of plugins.
        monitor: Judges how it goes; None measures nothing, and the newest checkpoint is the best.
        styled_with: Full names of the filters in the run's style, whose plugins run.toml names.
        threads: Sets and records how many threads compute; None leaves their number alone.
        schedule: That of a run that goes on or is repeated; None is straight.
        timing: Ends the training in time; None after the schedule's last step.
        begin: Copies the weights that ``config.base`` names into a new state.
        world: This process among several that train together; None for one alone.
    """

    observers: Sequence[Observer] = ()
    monitor: Monitor | None = None
    styled_with: Sequence[str] = ()
    threads: Threads | None = None
    schedule: Schedule | None = None
    timing: Timing | None = None
    begin: Callable[[RunConfig, TrainingState, Registry], object] | None = None
    world: World | None = None


@dataclass
class Session:
    """A training in a folder, as it goes on.

    Attributes:
        monitor: Judges how it goes, or None.
        threads: Sets how many threads compute each step; None among several processes.
        timing: Ends the training in time; None after a number of steps, or among processes.
        outcome: "finished", "interrupted" or "failed" once it ends.
        warning: What looks wrong, in plain words, or "".
        stop: Set it to end after the current step, saved.
        signal: Number of the signal that asked to stop, or 0.
        lock: Keeps other processes from writing the folder; None in those that write nothing.
        reopened: Whether it goes on with a run.
    """

    folder: RunFolder
    config: RunConfig
    parts: Parts
    state: TrainingState
    observers: Observers
    registry: Registry
    monitor: Monitor | None = None
    world: World = field(default_factory=World)
    threads: Threads | None = None
    timing: Timing | None = None
    outcome: str = ""
    warning: str = ""
    stop: bool = False
    signal: int = 0
    lock: FolderLock | None = None
    reopened: bool = False


def start(
    config: RunConfig,
    table: ImageTable,
    folder: RunFolder,
    registry: Registry,
    attached: Attached = Attached(),
) -> Session:
    """Open a new run in ``folder``.

    Raises:
        RunError: There is a run already, or the folder cannot be written.
    """
    if attached.world is None or attached.world.leads:
        refuse_existing(folder)
    session = _session(config, table, folder, registry, attached)
    if session.world.leads:
        _begin(session, attached)
        with explain_failures(folder.path):
            folder.path.mkdir(parents=True, exist_ok=True)
            session.lock = _take_lock(folder)
            # Another process may have made one meanwhile.
            refuse_existing(folder)
            if config.training.clusters and table.labels is not None:
                folder.write_clusters(table.labels)
            _write_config(session, attached)
    session.world.share(session.state, session.parts)
    return session


def reopen(
    config: RunConfig,
    table: ImageTable,
    folder: RunFolder,
    registry: Registry,
    attached: Attached = Attached(),
) -> Session:
    """Open a run where it stopped, at its last whole checkpoint.

    Raises:
        RunError: The checkpoint is damaged or does not fit, or another process is training it.
    """
    session = _session(config, table, folder, registry, attached)
    session.reopened = True
    if session.world.leads:
        with explain_failures(folder.path):
            session.lock = _take_lock(folder)
        checkpoint = folder.last_checkpoint()
        if checkpoint:
            restore(checkpoint, session.state, session.parts, config)
        else:
            _begin(session, attached)
        with explain_failures(folder.path):
            # It may have been killed between a checkpoint and these.
            folder.mark_best()
            folder.prune_checkpoints(config.training.keep_checkpoints)
            folder.cut_metrics(session.state.step)
            now = _plugin_versions(session, attached)
            if config != folder.read_config() or now != folder.plugins():
                _write_config(session, attached)
    session.world.share(session.state, session.parts)
    return session


def _begin(session: Session, attached: Attached) -> None:
    """Load the weights that a new state starts from, if any."""
    if not session.config.base:
        return
    if attached.begin is None:
        raise RunError(f"nothing here can read the weights of '{session.config.base}'")
    attached.begin(session.config, session.state, session.registry)


def refuse_existing(folder: RunFolder) -> None:
    """Refuse a folder that holds a run."""
    if folder.exists:
        raise RunError(
            f"'{folder.path}' already holds a run. Go on with it: artgan resume {folder.path}; "
            "or choose another folder with --out"
        )


def _write_config(session: Session, attached: Attached) -> None:
    now = _plugin_versions(session, attached)
    session.folder.write_config(session.config, now, session.state.step)
    _note_steps(session)


def _plugin_versions(session: Session, attached: Attached) -> dict[str, str]:
    names = [*session.config.names, *attached.styled_with]
    return plugin_versions(names, session.registry)


def _note_steps(session: Session) -> None:
    """Record in run.toml how many threads computed which steps, and how many steps there are."""
    schedule = session.state.schedule
    if session.threads and session.threads.made_with:
        session.folder.note("threads", session.threads.made_with)
    if len(schedule.knots) > 1:
        session.folder.note("schedule", [list(knot) for knot in schedule.knots], schedule.end)


def _take_lock(folder: RunFolder) -> FolderLock:
    """Lock a run folder, and clear what killed processes left half-written in it."""
    refuse_outside_links(folder.path)
    lock = FolderLock(folder.path)
    for place in (folder.path, folder.checkpoints, folder.path / "previews"):
        remove_leftovers(place)
    return lock


def _session(
    config: RunConfig,
    table: ImageTable,
    folder: RunFolder,
    registry: Registry,
    attached: Attached,
) -> Session:
    pick_device(config.device)
    world = attached.world or World()
    parts = build_parts(config, table, registry)
    state = new_state(config, registry)
    # Observers are told in the main process alone.
    observers = Observers(registry, attached.observers) if world.leads else Observers(Registry())
    state.schedule = attached.schedule or state.schedule
    # Processes that wait for each other keep the number of threads they were started with.
    own = (attached.threads, attached.timing) if world.size == 1 else (None, None)
    monitor = attached.monitor
    return Session(folder, config, parts, state, observers, registry, monitor, world, *own)


def steps(session: Session) -> Iterator[StepReport]:
    """Train to the end, keeping the folder up to date; yield the report of each step.

    Stopping early, by ``session.stop`` or by leaving the loop, saves the state.
    """
    observers, config, folder = session.observers, session.config, session.folder
    observers.call("artgan_run_started", config=config, folder=folder.path)
    session.outcome = "failed"
    try:
        with explain_failures(folder.path, config), Metrics(session) as metrics:
            if session.state.step == 0 and session.world.leads:
                save_preview(session)
            for report in _train(session):
                measured = _measure(session, report)
                metrics.write(report, measured)
                schedule = session.state.schedule
                if schedule.due(report.step, config.training.checkpoint_every, CHECKPOINTS):
                    # The line must be on the disk before the checkpoint counts.
                    metrics.flush(durable=True)
                    session.world.compare(session.state, session.parts)
                    _save(session, measured.get("quality"))
                observers.call(
                    "artgan_step_finished", report=report, measured=measured, folder=folder.path
                )
                yield report
                if _stops(session) and report.step < schedule.end:
                    session.world.compare(session.state, session.parts)
                    _interrupt(session)
                    return
        session.outcome = "finished"
    except (GeneratorExit, KeyboardInterrupt):
        _interrupt(session)
        raise
    finally:
        folder_in_place = session.lock is not None and session.lock.in_place
        if folder_in_place:
            mark = OF_A_MODEL if config.keep_mark else None
            save_animation(folder.previews(), folder.path / "training.webp", mark)
        observers.call("artgan_run_finished", folder=folder.path, outcome=session.outcome)
        if observers.failed and folder_in_place:
            folder.note("observers-failed", observers.failed)
        if session.lock:
            session.lock.release()
        session.world.leave(session.outcome)


def _stops(session: Session) -> bool:
    """Check whether all processes end after this step, asked by a signal to any of them."""
    world = session.world
    if session.stop:
        world.asked, world.signal = True, session.signal
    session.signal = world.signal if world.stops else session.signal
    return world.stops


def _train(session: Session) -> Iterator[StepReport]:
    """Train; if a plugin fails, save the state and name the plugin."""
    state = session.state
    session.world.rescue = lambda: _rescue(session)
    try:
        with naming_plugins(session.registry, lambda: f"at step {state.step + 1}"):
            loop = train(session.parts, session.config, state, session.world)
            loop = session.threads.watch(loop, state.step) if session.threads else loop
            yield from session.timing.watch(loop, state) if session.timing else loop
    except TrainingError as error:
        kept = session.folder.last_checkpoint()
        left = f"The checkpoint of step {kept.step} is kept" if kept else "Nothing was saved yet"
        raise TrainingError(f"{error} {left}.") from error
    except ProcessError as error:
        raise ProcessError(f"{error} {_rescue(session)}") from error
    except (DataError, PluginError) as error:
        # A shard out of reach was needed before the step changed anything.
        if state.step == 0:
            raise
        mended = "when the plugin is mended, " if isinstance(error, PluginError) else ""
        raise type(error)(f"{with_full_stop(str(error))} {_saved(session, mended)}") from error


def _rescue(session: Session) -> str:
    """Save the last step that all processes finished; say so."""
    session.world.undo(session.state, session.parts)
    return _saved(session)


def _saved(session: Session, first: str = "") -> str:
    """Save the state; say so, and how to go on once what ``first`` names is done."""
    _save(session, quality=None)
    step, folder = session.state.step, session.folder.path
    return f"The state is saved at step {step}; {first}go on with: artgan resume {folder}"


def _interrupt(session: Session) -> None:
    finished = session.state.step >= session.state.schedule.end
    session.outcome = "finished" if finished else "interrupted"
    if not finished:
        _save(session, quality=None)


def run(session: Session, show: Callable[[Progress], None] = lambda _: None) -> Session:
    """Train to the end or until a signal asks to stop; then save the state after this step.

    Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 do. ``session`` then tells the outcome and the signal.

    Raises:
        ArtganError: Training cannot go on; what was saved before stays.
    """
    pace, training = Pace(), session.config.training
    images = training.batch * training.discriminator_steps

    def ask(number: int) -> None:
        session.stop, session.signal = True, number

    with stop_on_signals(ask):
        for report in steps(session):
            now, end = pace.at(report.step), session.state.schedule.end
            left = (end - report.step) / now if now else None
            show(Progress(report, end, now * images, left, session.warning))
    return session


class Metrics:
    """The open metrics file: one JSON line a step, on the disk within a second or so."""

    def __init__(self, session: Session) -> None:
        self._path = session.folder.metrics_file if session.world.leads else None
        self._threads, self._lock = session.threads, session.lock
        self._file: TextIO | None = None
        self._flushed = 0.0

    def __enter__(self) -> "Metrics":
        """Open the file."""
        if self._path:
            self._file = self._path.open("a", encoding="utf-8")
        return self

    def write(self, report: StepReport, measured: Mapping[str, float]) -> None:
        """Add a line."""
        if self._file is None:
            return
        line = {k: v for k, v in vars(report).items() if k != "penalties"}
        line |= dict(report.penalties) | dict(measured)
        if self._threads:
            line["threads"] = self._threads.count
        self._file.write(json.dumps(line) + "\n")
        if measured or time.monotonic() - self._flushed > 1:
            self.flush()

    def flush(self, durable: bool = False) -> None:
        """Hand all lines over to the system; if ``durable``, wait until they are on the disk."""
        if self._file is None:
            return
        if self._lock:
            self._lock.check()
        self._flushed = time.monotonic()
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _measure(session: Session, report: StepReport) -> dict[str, float]:
    """Write a preview and measure how training goes, where that is due."""
    config, monitor, due = session.config, session.monitor, session.state.schedule.due
    measured: dict[str, float] = {}
    if not session.world.leads:
        return measured
    if due(report.step, config.training.preview_every, PREVIEWS):
        save_preview(session)
        if monitor:
            measured, session.warning = monitor.look(session.parts, config, session.state, report)
    if monitor and due(report.step, config.training.checkpoint_every, CHECKPOINTS):
        measured["quality"] = monitor.quality(session.parts, config, session.state)
    return measured


def _save(session: Session, quality: float | None) -> None:
    folder, last = session.folder, session.folder.last_checkpoint()
    # A state that was saved just now keeps its quality.
    if not session.world.leads or (quality is None and last and last.step == session.state.step):
        return
    if session.lock:
        session.lock.check()
    with explain_failures(folder.path):
        _note_steps(session)
        saved = save_checkpoint(
            folder.checkpoints, session.state, session.parts, session.config, quality
        )
        folder.mark_best()
        folder.prune_checkpoints(session.config.training.keep_checkpoints)
    session.observers.call("artgan_checkpoint_saved", step=saved.step, path=saved.path)


def save_preview(session: Session) -> None:
    """Write a sheet of samples, always of the same seeds."""
    if session.lock:
        session.lock.check()
    config = session.config
    generator = session.state.generator_ema
    made = sample_pixels(generator, range(PREVIEW_PICTURES), config.label_weights)
    sheet = grid([enlarge(p, 64) if p.shape[0] < 64 else p for _, p in made], columns=8)
    step, folder = session.state.step, session.folder
    path = folder.preview(step)
    mark = OF_A_MODEL if config.keep_mark else None
    write_marked_png(on_ground(to_pil(sheet), config.ground), path, mark)
    session.observers.call("artgan_preview_saved", step=step, path=path, folder=folder.path)
