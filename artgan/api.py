"""The Python interface: train, go on, sample, style. Everything here is exported by ``artgan``."""

import logging
import math
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from artgan.base.clock import began
from artgan.base.paths import writing_failed
from artgan.base.public import public
from artgan.base.suggest import count_of
from artgan.base.tables import split_keywords
from artgan.base.threads import AUTO, FIRST_WINDOW, Load, free_threads, read_threads, using_threads
from artgan.core.config import parse_size
from artgan.core.registry import Registry
from artgan.core.requirements import changed_plugins, explain_changes, require
from artgan.core.run_folder import RunFolder
from artgan.distribution.launch import several_processes
from artgan.errors import OptionError, RunError, TrainingError
from artgan.hub.manifest import find_manifest
from artgan.latents.directions import resolve_steering
from artgan.latents.steering import SteeringOptions
from artgan.monitoring.costs import TimeLimit
from artgan.monitoring.schedule_record import read_schedule, schedule_to_go_on
from artgan.planning.plan import Plan, each_once, make_plan
from artgan.planning.repeat_threads import repeat_threads
from artgan.planning.settings import (
    PartSettings,
    Settings,
    read_settings,
    settings_file,
    with_underscores,
)
from artgan.planning.take import take_networks
from artgan.plugin.strips import cores
from artgan.plugin_manager.load import default_registry, registry_with
from artgan.plugin_manager.loggers import logging_observers
from artgan.run import Run, load_run
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import FileOptions, Written, write_samples
from artgan.styling.parse import check_chain, parse_style

if TYPE_CHECKING:
    from PIL.Image import Image

    from artgan.core.runner import Attached, Progress, Session
    from artgan.core.state import StepReport
    from artgan.latents.points import Point
    from artgan.latents.project import Projected
    from artgan.monitoring.timekeeping import Timekeeper
    from artgan.printing.cmyk import InkReport
    from artgan.sharing.share import SharedTo
    from artgan.styling.chain import Chain

Options = Mapping[str, Any]


@public
def plan(
    arch: str | None = None,
    dataset: str | Path | None = None,
    *,
    config: str | Path | None = None,
    loss: str | None = None,
    size: int | str | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    batch: int | None = None,
    seed: int | None = None,
    base: str | Path | None = None,
    device: str | None = None,
    threads: int | str | None = None,
    preset: str | None = None,
    style: Any = None,
    knobs: Options | None = None,
    count: int | None = None,
    ground: str | None = None,
    keep_mark: bool | None = None,
    arch_options: Options | None = None,
    dataset_options: Options | None = None,
    loss_options: Options | None = None,
    regularizers: Mapping[str, Options] | None = None,
    augmentations: Mapping[str, Options] | None = None,
    training_options: Options | None = None,
    method_options: Mapping[str, Options] | None = None,
    estimate: bool = False,
    plugins: Sequence[str | Path] = (),
    registry: Registry | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Choose and check all that a run needs, without training.

    Args:
        arch: Architecture by name; None takes that of ``base``, or what suits the pictures.
        dataset: Dataset by name, or the path of a folder or .zip of pictures; None takes that of
            ``base``, else mnist.
        config: A run.toml, or the folder of a run that has one, to repeat or vary; what else is
            given wins over it.
        loss: Loss by name; None takes the recipe's.
        size: Side in pixels, or "96x64" (wide x high); None takes the data's own.
        steps: Updates of the generator; None takes the recipe's.
        minutes: End in this time, planning and samples included; chooses the size too, unless it
            is given. Some steps are trained, and thrown away, to measure what fits.
        batch: Real pictures per update; None takes the recipe's.
        seed: Key of all randomness; None takes 0.
        base: What to start from: folder of a run, a start as "start:icons", a shared run as
            "hf:owner/name@revision", or "none"; None starts from random weights as well, and names
            a start that would be near.
        device: "cpu", "cuda" or "mps"; None takes the best there is.
        threads: How many compute; "auto" and None adapt to what else the machine does, but None
            repeats a run of ``config`` with the threads that made it.
        preset: A preset of the architecture, such as "classic".
        style: Style of the samples; None makes raw ones.
        knobs: Values for the style's knobs.
        count: How many samples ``artgan run`` makes; None takes 16.
        ground: What clear pixels are shown on in previews and sheets: "chequered" (None) or a
            colour as hex; the samples stay clear.
        keep_mark: Whether previews and samples say, for machines, that a trained model made them;
            None takes that of ``config``, else yes.
        arch_options: Options of the architecture.
        dataset_options: Options of the dataset.
        loss_options: Options of the loss.
        regularizers: Name -> options; None takes the recipe's, {} none.
        augmentations: Name -> options; None takes the recipe's, {} none.
        training_options: Fields of the training options.
        method_options: Options of what these name, by kind, as in ``{"update": {"weight": 2.0}}``.
        estimate: Measure how long the run will take here: ``Plan.seconds``.
        plugins: Plugin files to load first; they stay loaded in the registry.
        registry: Where names are looked up; None takes that of the process.
        report: Called with sentences worth showing.

    Raises:
        ArtganError: Anything that would keep the run from starting.
    """
    begun = began()
    _refuse_two_ends(steps, minutes)
    given = {"steps": steps, "batch": batch}.items()
    training = {**(training_options or {}), **{k: v for k, v in given if v is not None}}
    asked = Settings(
        architecture=PartSettings(arch or "", with_underscores(arch_options or {})),
        dataset=PartSettings(str(dataset or ""), with_underscores(dataset_options or {})),
        loss=PartSettings(loss or "", with_underscores(loss_options or {})),
        regularizers=regularizers,
        augmentations=augmentations,
        training=with_underscores(training),
        methods=method_options or {},
        style=style,
        knobs=knobs or {},
        count=count,
        keep_mark=keep_mark,
        seed=seed,
        size=None if size is None else parse_size(size),
        device=device,
        threads=None if threads is None else read_threads(threads, "threads"),
        preset=preset,
        base=str(base or ""),
        ground=ground,
    )
    config = settings_file(Path(config)) if config else None
    settings = asked.over(read_settings(config)) if config else asked
    registry, report = registry_with(plugins, registry), each_once(report)
    chain = parse_style(settings.style, registry, knobs=settings.knobs)
    check_chain(chain, registry)
    filters = tuple(step.entry.full_name for step in chain.steps)
    load = Load()

    def make() -> Plan:
        with using_threads(min(settings.threads or AUTO, cores())):
            planned = replace(make_plan(settings, registry, report), styled_with=filters)
        if config and threads is None:
            planned = repeat_threads(planned, config)
        if config and minutes is None:
            schedule = read_schedule(config, planned.config.training.steps)
            planned = replace(planned, schedule=schedule)
        return planned

    if several_processes():
        # torch is loaded for them alone: a plan for the help of flags does without.
        from artgan.distribution.together import plan_together

        return plan_together(lambda: take_networks(make(), settings, registry), settings, registry)
    planned = make()
    if minutes is None and not estimate:
        return take_networks(planned, settings, registry)
    from artgan.planning.estimate import fit_to_time, measure_costs
    from artgan.planning.in_time import Deadline, choose_in_time

    with using_threads(planned.config.threads or free_threads(load)):
        if minutes is None:
            costs = measure_costs(planned, registry)
        else:
            time_given = Deadline(60 * minutes, begun)
            planned, costs = choose_in_time(planned, settings, registry, time_given, report)
            limit = TimeLimit(time_given.total, time_given.left, costs)
            planned = replace(fit_to_time(planned, limit), styled_with=filters)
    return replace(take_networks(planned, settings, registry), seconds=costs.total(planned.config))


def refuse_start(out: str | Path | None, log: Sequence[str] = ()) -> None:
    """Refuse a run folder or loggers that would keep a run from starting; planning takes longer.

    Raises:
        RunError: The folder holds a run, or cannot be made or written.
        OptionError: There is no such logger.
        MissingExtraError: A logger's package is not installed.
    """
    from artgan.core.runner import refuse_existing

    logging_observers(log)
    if not out:
        return
    refuse_existing(RunFolder(Path(out)))
    place = Path(out).absolute()
    above = next(folder for folder in (place, *place.parents) if folder.exists())
    if not above.is_dir():
        raise RunError(f"'{out}' cannot be written: '{above}' is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise RunError(f"'{out}' cannot be written: '{above}' may not be written")


def _refuse_two_ends(steps: int | None, minutes: float | None) -> None:
    if minutes is not None and not 0 < minutes < math.inf:
        raise OptionError(f"'minutes' must be more than 0, not {minutes}")
    if minutes is not None and steps is not None:
        raise OptionError("give 'steps' or 'minutes', not both: minutes choose the steps")
    if minutes is not None and several_processes():
        raise OptionError(
            "'minutes' needs one process: several would each count other steps; give 'steps'"
        )


@public
def train(
    arch: str | None = None,
    dataset: str | Path | None = None,
    *,
    out: str | Path | None = None,
    show: "Callable[[Progress], None] | None" = None,
    log: Sequence[str] = (),
    rescue: bool = False,
    **settings: Any,
) -> Run:
    """Train a run to its end and return it, ready to be sampled.

    A generator that collapses in the first steps is not trained on.

    Args:
        arch: Architecture by name; None takes dcgan.
        dataset: Dataset by name, or the path of a folder or .zip of pictures; None takes mnist.
        out: Run folder; None takes the next free one below ``runs``.
        show: Called after every step.
        log: Loggers by name, such as "tensorboard".
        rescue: After a collapse begin anew with what may help, in the same time.
        **settings: Anything that ``plan`` takes.

    Raises:
        ArtganError: It cannot start or go on.
        TrainingError: The generator has collapsed; it says what to try.
    """
    from artgan.planning.attempts import COLLAPSED, explain_collapse, stopping, train_or_rescue

    refuse_start(out, log)
    registry = settings.setdefault("registry", None) or default_registry()
    planned = plan(arch, dataset, **settings)
    folder = Path(out) if out else free_folder(planned.config.architecture.name)
    session = train_or_rescue(
        planned,
        lambda chosen: start(chosen, folder, registry=registry, log=log),
        lambda opened: _run(opened, stopping(opened, show or (lambda _: None))),
        registry,
        rescue=rescue,
    )
    if session.outcome == COLLAPSED:
        raise TrainingError(explain_collapse(session))
    return load_run(session.folder.path, registry)


@public
def training(
    arch: str | None = None,
    dataset: str | Path | None = None,
    *,
    out: str | Path | None = None,
    log: Sequence[str] = (),
    **settings: Any,
) -> "Iterator[StepReport]":
    """Train step by step: ``for report in artgan.training(...)``.

    The program owns the loop; files are written as ``train`` writes them. Leaving the loop early
    saves the state, so that ``resume`` can go on. Takes what ``train`` takes.
    """
    from artgan.core import runner

    refuse_start(out, log)
    registry = settings.setdefault("registry", None) or default_registry()
    session = start(plan(arch, dataset, **settings), out, registry=registry, log=log)
    yield from runner.steps(session)


@public
def resume(
    path: str | Path,
    show: "Callable[[Progress], None] | None" = None,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    accumulate: int | None = None,
    threads: int | str | None = None,
    keep_mark: bool | None = None,
    log: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    registry: Registry | None = None,
) -> Run:
    """Go on with a run where it stopped, to its end; the result is that of an unbroken run.

    Args:
        path: Run folder.
        show: Called after every step.
        steps: A new end; schedules stretch to it, and run.toml keeps it.
        minutes: Train for this time from now on, in place of ``steps``.
        accumulate: Compute each batch in so many parts from now on, for less memory.
        threads: How many compute from now on, or "auto"; None goes on as before.
        keep_mark: Whether pictures made from now on say, for machines, that a trained model made
            them; None goes on as before.
        log: Loggers by name, such as "tensorboard".
        plugins: Plugin files to load first; they stay loaded in the registry.
        registry: Where plugins are looked up; None takes that of the process.

    Raises:
        RunError: There is no run, its checkpoint is damaged, or its pictures have changed.
        OptionError: The new end lies behind.
    """
    session = reopen(
        path,
        steps=steps,
        minutes=minutes,
        accumulate=accumulate,
        threads=threads,
        keep_mark=keep_mark,
        log=log,
        registry=registry_with(plugins, registry),
    )
    _run(session, show)
    return load_run(path, session.registry)


def _run(session: "Session", show: "Callable[[Progress], None] | None") -> None:
    """Train; pass a signal other than Ctrl-C on to the program once the state is saved."""
    from artgan.core import runner

    runner.run(session, show or (lambda _: None))
    if session.signal not in (0, signal.SIGINT):
        signal.raise_signal(session.signal)


def start(
    planned: Plan,
    out: str | Path | None = None,
    *,
    registry: Registry | None = None,
    log: Sequence[str] = (),
) -> "Session":
    """Open a new run for training, as planned, in ``out`` or the next free folder."""
    from artgan.core import runner

    folder = RunFolder(Path(out) if out else free_folder(planned.config.architecture.name))
    registry = registry or default_registry()
    attached = _attached(planned, folder, registry, log)
    return runner.start(planned.config, planned.table, folder, registry, attached)


def _attached(
    planned: Plan, folder: RunFolder, registry: Registry, log: Sequence[str]
) -> "Attached":
    """Gather what a training of a plan is handed from outside: who watches, times and begins it."""
    from artgan.core.runner import Attached
    from artgan.distribution.group import shared_world
    from artgan.monitoring.diagnostics import Diagnostics
    from artgan.monitoring.judge import find_judge
    from artgan.monitoring.telling import telling_of
    from artgan.monitoring.threads import training_threads
    from artgan.sheets.live_page import LivePage
    from artgan.starts.fit import begin

    telling = telling_of(planned.config, registry)
    # What is told must be known when the page is written.
    observers = [*telling.observers, *LivePage(telling).observers, *logging_observers(log)]
    return Attached(
        observers,
        Diagnostics(find_judge(planned.config.training.best_by, registry), telling),
        planned.styled_with,
        training_threads(planned.config, planned.record),
        planned.schedule,
        _timekeeper(planned, folder),
        begin,
        shared_world(),
    )


def _timekeeper(planned: Plan, folder: RunFolder) -> "Timekeeper | None":
    """Return what ends a planned run in time; None if it has all the time it wants."""
    from artgan.monitoring.timekeeping import Timekeeper, animation_seconds

    if planned.limit is None:
        return None
    rehearse = partial(animation_seconds, folder, planned.config.keep_mark)
    return Timekeeper(planned.limit, planned.config.training, rehearse)


def reopen(
    path: str | Path,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    accumulate: int | None = None,
    threads: int | str | None = None,
    keep_mark: bool | None = None,
    log: Sequence[str] = (),
    registry: Registry | None = None,
) -> "Session":
    """Open a run for more training, at its last checkpoint; takes what ``resume`` takes."""
    from msgspec import structs

    from artgan.core import runner
    from artgan.core.config import change_training
    from artgan.datasets.find import open_again
    from artgan.distribution.group import join_group
    from artgan.distribution.together import open_in_turns
    from artgan.monitoring.threads import go_on_with_threads

    begun = began()
    _refuse_two_ends(steps, minutes)
    if several_processes():
        asked = {"run": path, "steps": steps, "accumulate": accumulate, "threads": threads}
        join_group(None, asked)
    run = load_run(path, registry)
    if find_manifest(run.path):
        raise RunError(
            f"run '{path}' was shared without the state of its training; --from {path} begins a "
            "new run with its weights"
        )
    plugins = run.folder.plugins()
    require(f"run '{path}'", run.config.names, plugins, run.registry)
    checkpoint = run.folder.last_checkpoint()
    done = checkpoint.step if checkpoint else 0
    before = run.config.training.steps
    schedule = schedule_to_go_on(run.folder.config_file, done, before, steps)
    config = change_training(run.config, steps=schedule.end, accumulate=accumulate)
    if keep_mark is not None:
        config = structs.replace(config, keep_mark=keep_mark)
    config, record = go_on_with_threads(config, run.folder, threads)
    for name, (was, now) in changed_plugins(run.config.names, plugins, run.registry).items():
        logging.getLogger("artgan").warning(
            "Plugin %s was %s when this run was made and is %s now: what follows may differ. "
            "run.toml keeps both.",
            name,
            was,
            now,
        )
    with explain_changes(f"Run '{path}'", run.config.names, plugins, run.registry):
        table = open_in_turns(config, lambda: open_again(config, run.registry, run.folder))
        # The plugins of the style are named again; whether it can be parsed does not matter here.
        named = tuple(f"{name}/" for name in plugins)
        planned = Plan(config, table, styled_with=named, record=record, schedule=schedule)
        if minutes is not None:
            planned = _more_time(planned, done, 60 * minutes, begun, run.registry)
        attached = _attached(planned, run.folder, run.registry, log)
        return runner.reopen(planned.config, table, run.folder, run.registry, attached)


def _more_time(planned: Plan, done: int, seconds: float, begun: float, registry: Registry) -> Plan:
    """Let a run that is at step ``done`` go on for the seconds since ``begun``."""
    from artgan.planning.estimate import go_on_in_time, measure_costs

    load = Load()
    time.sleep(FIRST_WINDOW)
    with using_threads(planned.config.threads or free_threads(load)):
        costs = measure_costs(planned, registry, seconds)
    limit = TimeLimit(seconds, seconds - (time.perf_counter() - begun), costs)
    return go_on_in_time(planned, limit, done)


def free_folder(name: str) -> Path:
    """Claim the next free folder below ``runs``, dcgan-001, dcgan-002 ..., by making it.

    Several processes at once get a folder each, those that train together the same.
    """
    if several_processes():
        from artgan.distribution.group import joined_group

        processes = joined_group()
        if processes is not None:
            with processes.together():
                claimed = str(_claim_folder(name)) if processes.leads else ""
            return Path(processes.send_json(claimed))
    return _claim_folder(name)


def _claim_folder(name: str) -> Path:
    short = name.rpartition("/")[2]
    for number in range(1, 10**6):
        folder = Path("runs") / f"{short}-{number:03d}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise writing_failed(folder, error) from error
        return folder
    raise RunError(f"'runs' holds a million runs of {short}; choose a folder with --out")


@public
def apply(
    picture: "Image | str | Path",
    style: Any,
    *,
    seed: int = 0,
    knobs: Options | None = None,
    plugins: Sequence[str | Path] = (),
) -> "Image":
    """Style any picture.

    Args:
        picture: A PIL image, or a file.
        style: A name, a chain such as ``["palette:gameboy", "tile"]``, a mapping, or a TOML file.
        seed: Key of what is random in the style.
        knobs: Values for the style's knobs.
        plugins: Plugin files to load first; they stay loaded in the registry.

    Returns:
        A new PIL image; ``info["artgan"]`` holds the record.

    Raises:
        ArtganError: The style or the picture cannot be used.
    """
    registry = registry_with(plugins)
    return _apply(picture, parse_style(style, registry, knobs=knobs), registry, seed)


@public
def apply_all(
    pictures: "Sequence[Image | str | Path]",
    style: Any,
    *,
    seed: int = 0,
    knobs: Options | None = None,
    plugins: Sequence[str | Path] = (),
) -> "list[Image]":
    """Style pictures as one set: filters such as ``common-palette`` look at all of them first.

    Args:
        pictures: PIL images, or files.
        style: As ``apply`` takes it.
        seed: Key of what is random in the style.
        knobs: Values for the style's knobs.
        plugins: Plugin files to load first; they stay loaded in the registry.

    Returns:
        A new PIL image of each, as ``apply`` returns it.

    Raises:
        ArtganError: The style or a picture cannot be used.
    """
    from artgan.pictures.files import given_picture
    from artgan.styling.sets import settle_chain

    registry = registry_with(plugins)
    chain = settle_chain(
        parse_style(style, registry, knobs=knobs),
        lambda: ((seed, given_picture(one)[0]) for one in pictures),
        len(pictures),
        registry=registry,
    )
    return [
        _apply(one, chain, registry, seed, (place, len(pictures)))
        for place, one in enumerate(pictures)
    ]


def _apply(
    picture: "Image | str | Path",
    chain: "Chain",
    registry: Registry,
    seed: int,
    place: tuple[int, int] = (0, 1),
) -> "Image":
    """Run a chain over a picture; ``info["artgan"]`` of the result holds the record."""
    from artgan.pictures.files import given_picture, to_pil
    from artgan.pictures.records import applied_record
    from artgan.pictures.told import told_of
    from artgan.styling.apply import apply_style

    opened, name, made_by = given_picture(picture)
    styled = apply_style(chain, opened, registry=registry, seed=seed, place=place)
    result = to_pil(styled.picture)
    told = {} if made_by else told_of(picture)
    result.info["artgan"] = applied_record(
        styled.record, seed, opened.pixels, source=name, made_by=made_by, told=told
    )
    return result


@public
def animate(
    run: Run | str | Path, seeds: "Iterable[int] | Iterable[Point]", out: str | Path, **more: Any
) -> Path:
    """Write an animation that moves through a run's latent space.

    Args:
        run: A run, or its folder.
        seeds: Key frames in order, as seeds or as points from ``Run.points``.
        out: .gif, .webp, .apng, .mp4 or .webm; or a folder, for a PNG of each frame.
        **more: Anything else that ``Run.animate`` takes.

    Returns:
        What was written.

    Raises:
        ArtganError: A value is out of range, the style failed, or the file is there.
    """
    return _opened(run).animate(seeds, out, **more)


@public
def project(picture: "Image | str | Path", run: Run | str | Path, **more: Any) -> "Projected":
    """Find the point in a run's latent space whose picture is nearest to a picture.

    Args:
        picture: A PIL image, or a file.
        run: A run, or its folder.
        **more: Anything else that ``Run.project`` takes.

    Raises:
        ArtganError: The run, the picture or a value cannot be used.
    """
    return _opened(run).project(picture, **more)


def _opened(run: Run | str | Path) -> Run:
    return run if isinstance(run, Run) else load_run(run)


@public
def save(
    picture: "Image",
    path: str | Path,
    *,
    overwrite: bool = False,
    keep_record: bool = True,
    keep_mark: bool = True,
) -> None:
    """Write a picture with the record that artgan attached to it.

    Args:
        picture: From ``Run.sample`` or ``apply``.
        path: Where to; its ending tells the format: .png, .jpg, .webp or .tiff.
        overwrite: Replace a different file of that name.
        keep_record: Whether the record is written.
        keep_mark: Whether it is written, for machines, how the picture came about.

    Raises:
        ArtganError: There is no such format, or a different file is there.
    """
    from artgan.pictures.files import save_picture
    from artgan.pictures.marks import Metadata, metadata_of
    from artgan.pictures.told import mark_in

    record = picture.info.get("artgan")
    if isinstance(record, Mapping):
        about = metadata_of(record, keep_record=keep_record, keep_mark=keep_mark)
    else:
        about = Metadata(mark=mark_in(picture.info) if keep_mark else None)
    save_picture(picture, Path(path), about, overwrite=overwrite)


@public
def read_record(path: str | Path) -> dict[str, Any] | None:
    """Read what made a picture, an animation or a video out of its file, or give None.

    Raises:
        ArtganError: The file cannot be read, or its record is damaged.
    """
    from artgan.pictures.files import read_record as read

    return read(Path(path))


@public
def canvas(
    run: Run | str | Path,
    out: str | Path,
    size: str | int | None = None,
    *,
    paper: str | None = None,
    seed: int = 0,
    label: int | None = None,
    tile: bool = False,
    overwrite: bool = False,
    keep_record: bool = True,
    keep_mark: bool = True,
    show: Callable[[float], None] = lambda _: None,
    **layout: Any,
) -> Path:
    """Fill a canvas of any size from a run of a spatial architecture, in little memory.

    Args:
        run: A run, or its folder.
        out: A .png or .tif file.
        size: Side in pixels, or "4000x3000" (wide x high); None takes the paper's.
        paper: "A2", "50x70cm" ... in place of the size.
        seed: What the canvas follows from.
        label: Class, where the run has labels.
        tile: Whether its edges continue at the other side.
        overwrite: Replace a different file of that name.
        keep_record: Whether the record is written.
        keep_mark: Whether it is written, for machines, that a trained model made it.
        show: Told the share that is done.
        **layout: ``dpi`` (300 unless given), ``landscape``; bleed, marks and bits of
            ``artgan.printing.paper.Sheet``.

    Returns:
        What was written.

    Raises:
        ArtganError: A value does not fit, or a different file is there.
    """
    from artgan.pictures.marks import metadata_of
    from artgan.printing.canvas import canvas_record, open_canvas, write_canvas
    from artgan.printing.paper import make_sheet

    dpi: float = layout.pop("dpi", 300.0)
    sheet = make_sheet(paper or parse_size(size or 2048), dpi, **layout)
    wanted = (sheet.trim[1], sheet.trim[0])
    opened = open_canvas(_opened(run), seed, wanted, label=label, repeats=tile)
    record = canvas_record(opened, sheet)
    about = metadata_of(record, keep_record=keep_record, keep_mark=keep_mark)
    return write_canvas(
        opened, Path(out), sheet=sheet, record=about, overwrite=overwrite, show=show
    )


@public
def print_picture(
    picture: str | Path | Sequence[str | Path],
    out: str | Path,
    paper: str = "a4",
    *,
    background: str = "#ffffff",
    each: str | None = None,
    captions: Sequence[str] = (),
    overwrite: bool = False,
    keep_record: bool = True,
    keep_mark: bool = True,
    show: Callable[[float], None] = lambda _: None,
    **layout: Any,
) -> Path:
    """Make a picture ready for paper: size, bleed, crop marks, colour profile.

    Args:
        picture: A file; for a PDF several, one page each.
        out: A .png, .tif or .pdf file.
        paper: "A2", "50x70cm", "poker", "6000x4000px" ...
        background: Colour of the paper.
        each: PDF: many pictures on a page, each of this size.
        captions: PDF: a line for each picture.
        overwrite: Replace a different file of that name.
        keep_record: Whether a picture's record is written; a PDF has none.
        keep_mark: Whether it is written, for machines, how the picture came about.
        show: Told the share that is done.
        **layout: ``dpi`` (300 unless given), ``landscape``; bleed, marks, fit, margin, across,
            method and bits of ``artgan.printing.paper.Sheet``.

    Returns:
        What was written.

    Raises:
        ArtganError: A value does not fit, or a different file is there.
    """
    from artgan.pictures.marks import metadata_of
    from artgan.printing.paper import make_sheet
    from artgan.printing.pdf import PdfLayout, write_pdf
    from artgan.printing.raster import print_picture as print_one

    files = [Path(picture)] if isinstance(picture, str | Path) else [Path(one) for one in picture]
    dpi: float = layout.pop("dpi", 300.0)
    sheet, path = make_sheet(paper, dpi, paper=background, **layout), Path(out)
    if path.suffix.lower() == ".pdf":
        if captions and len(captions) != len(files):
            raise OptionError(
                f"{count_of(len(captions), 'caption')} for {count_of(len(files), 'picture')}"
            )
        pages = PdfLayout(sheet, captions, keep_mark=keep_mark)
        if each:
            cell = layout | {"landscape": False, "bleed": 0, "marks": False, "margin": 0}
            part = make_sheet(each, dpi, paper=background, **cell)
            pages = replace(pages, sheet=part, page=sheet)
        write_pdf(files, pages, path, overwrite=overwrite, show=lambda n: show(n / len(files)))
    elif len(files) == 1 and not captions and not each:
        about = partial(metadata_of, keep_record=keep_record, keep_mark=keep_mark)
        print_one(files[0], sheet, path, about=about, overwrite=overwrite, show=show)
    else:
        raise OptionError(
            f"'{path}' holds one picture without caption; several make a .pdf, and so do captions "
            "and a size for each"
        )
    return path


@public
def print_plates(
    picture: str | Path,
    out: str | Path,
    inks: Sequence[str],
    paper: str = "a4",
    *,
    background: str = "#ffffff",
    **more: Any,
) -> list[Path]:
    """Write a plate for each ink, for riso and screen printing, with crop and registration marks.

    Args:
        picture: A picture file.
        out: A folder for one grey TIFF each, or a .pdf with a page for each.
        inks: One to eight inks in the order of printing, by name or hex.
        paper: As for ``print_picture``.
        background: Colour of the paper.
        **more: ``overwrite``, ``keep_mark`` and ``show`` as for ``print_picture``; anything else is
            layout, as there.

    Returns:
        The files: plates first, the preview of all inks over each other last.

    Raises:
        ArtganError: A value does not fit, or a different file is there.
    """
    from artgan.printing.plates import Inks, write_plates
    from artgan.printing.press_job import press_job

    chosen = Inks(tuple(inks), background)
    return write_plates(press_job(Path(picture), paper, background, more), chosen, Path(out))


@public
def print_cmyk(
    picture: str | Path,
    out: str | Path,
    profile: str | Path,
    paper: str = "a4",
    *,
    proof: str | Path | None = None,
    **more: Any,
) -> "InkReport":
    """Write a CMYK TIFF or PDF by the ICC profile of a print shop.

    Args:
        picture: A picture file.
        out: A .tif or .pdf file.
        profile: The profile; the file carries it.
        paper: As for ``print_picture``.
        proof: PNG of how the colours will look; None writes none.
        **more: ``ink_limit``, the most ink in per cent that the paper bears (300 unless given);
            ``background``, ``overwrite``, ``keep_mark`` and ``show`` as for ``print_picture``;
            anything else is layout, as there.

    Returns:
        What the inks add up to; its ``sentences()`` say what a printer would ask.

    Raises:
        ArtganError: A value does not fit, the profile is not one of CMYK, or a different file is
            there.
    """
    from artgan.base.marks import write_marked_png
    from artgan.printing.cmyk import Press, soft_proof, write_cmyk
    from artgan.printing.press_job import press_job

    limit, background = more.pop("ink_limit", 300.0), more.pop("background", "#ffffff")
    press, job = Press(Path(profile)), press_job(Path(picture), paper, background, more)
    report = write_cmyk(job, press, Path(out), limit)
    if proof:
        shown = soft_proof(job.picture, job.sheet, press)
        write_marked_png(shown, Path(proof), job.mark, overwrite=job.overwrite)
    return report


@public
def matrix(
    source: "Run | Image | str | Path",
    axes: Mapping[str, Sequence[Any]] | Sequence[tuple[str, Sequence[Any]]],
    style: Any = None,
    *,
    seed: int = 0,
    plugins: Sequence[str | Path] = (),
    show: Callable[[int], None] = lambda _: None,
) -> "Image":
    """Turn one or two things on a run or a picture, in a labelled grid.

    Args:
        source: A run or its folder, or a picture or its file.
        axes: What -> values, across and then down: knobs of the style or "seed"; of a run also
            "label", "truncation", "latents", "sampler", "step", "style", "move.DIRECTION".
        style: A style's name or a chain; None takes the run's.
        seed: Key of what is random, and the run's picture.
        plugins: Plugin files to load first; they stay loaded in the registry.
        show: Called with the number of cells done.

    Returns:
        A new PIL image; ``info["artgan"]`` holds the record.

    Raises:
        ArtganError: An axis cannot be turned, or a value does not fit.
    """
    from artgan.sheets import matrix as lookbook

    registry = registry_with(plugins)
    pairs = axes.items() if isinstance(axes, Mapping) else axes
    told = [(name, [str(value) for value in values]) for name, values in pairs]
    if isinstance(source, Run) or (isinstance(source, str | Path) and Path(source).is_dir()):
        run = _opened(source)
        chosen = run.config.style if style is None else style
        return lookbook.run_matrix(run, chosen, told, seed=seed, show=show)
    return lookbook.matrix(source, style, told, registry, seed=seed, show=show)


@public
def pick(
    folder: str | Path,
    count: int,
    by: Literal["variety", "taste"] = "variety",
    run: Run | str | Path | None = None,
    show: Callable[[int], None] = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
    *,
    count_stars: bool = False,
) -> list[Path]:
    """Choose pictures of a folder: as unlike each other as can be, or what the run takes for real.

    Args:
        folder: Of pictures; those rejected with ``artgan curate``, and files that cannot be read,
            are left out.
        count: How many.
        by: "variety", or the discriminator's "taste".
        run: With taste, the run that made them.
        show: Called with the number of pictures looked at.
        note: Called with a sentence for what is left out.
        count_stars: Count the pictures that are starred already in, and choose only the rest.

    Raises:
        ArtganError: There are no pictures, or they are not the run's.
    """
    from artgan.curation.choices import chosen_pictures, starred_pictures
    from artgan.curation.picks import pick_by_taste, pick_by_variety
    from artgan.curation.picture_files import readable_pictures

    offered, errors = readable_pictures(chosen_pictures(Path(folder), "all", note), note)
    for error in errors:
        note(f"left out: {error}")
    stars = starred_pictures(Path(folder)) if count_stars else []
    offered, count = [path for path in offered if path not in stars], count - len(stars)
    if count <= 0 or not offered:
        return []
    if by == "variety":
        return pick_by_variety(offered, count, default_registry(), show, stars, note)
    if run is None:
        raise OptionError("a pick by taste needs the run that made the pictures")
    return pick_by_taste(offered, count, _opened(run), show)


@public
def export(
    run: Run | str | Path,
    out: str | Path,
    *,
    to: str = "",
    options: Options | None = None,
    keep_mark: bool = True,
    plugins: Sequence[str | Path] = (),
) -> Path:
    """Write a run's generator for other programs.

    Args:
        run: A run, or its folder.
        out: .html for a page that runs it in a browser, .onnx for other programs, or what an
            exporter of a plugin writes.
        to: Name of the exporter; "" chooses by the ending.
        options: Its options.
        keep_mark: Whether pictures saved from the page are marked as made by a trained model.
        plugins: Plugin files to load first; they stay loaded in the registry.

    Returns:
        What was written.

    Raises:
        ArtganError: Nothing writes this ending, an extra is missing, or the generator cannot go
            there.
    """
    from artgan.exporting.export import export_run

    registry_with(plugins, run.registry if isinstance(run, Run) else None)
    return export_run(_opened(run), Path(out), to, options, keep_mark=keep_mark)


@public
def share(
    run: Run | str | Path,
    out: str | Path | None = None,
    *,
    licence: str,
    author: str = "",
    data: str = "",
    to: str | None = None,
    private: bool = False,
    overwrite: bool = False,
    keep_mark: bool | None = None,
) -> "SharedTo":
    """Make a folder of a run that others can use, and upload it if asked.

    It holds the best weights, the settings, a model card, a sheet of 16 seeds and a page that runs
    the generator in a browser; no training picture, and no folder of yours is named in it.

    Args:
        run: A run, or its folder.
        out: Folder to write; None takes ``shared`` inside the run's.
        licence: Licence of the weights, an SPDX expression such as "CC-BY-4.0".
        author: Who trained it.
        data: What it was trained on, in your words; "" takes what the dataset declares.
        to: Where to publish it, as "hf:owner/name", which needs the extra ``artgan[hub]``; or a
            host that a plugin brings.
        private: Whether the repository is private, if it is new.
        overwrite: Replace what was shared into the folder before.
        keep_mark: Whether sheet and page say, for machines, that a trained model made them; None
            does as the run does.

    Returns:
        The folder, its files, what is missing, and with ``to`` the name to begin from.

    Raises:
        OptionError: Licence or repository is none.
        RunError: There is something else in the folder, or the hub refuses the upload.
        MissingExtraError: The hub's library is not installed.
    """
    from artgan.plugin.hosts import SharedFolder
    from artgan.sharing.share import SharedTo, ShareFacts, share_run
    from artgan.starts.hosts import find_hosted

    opened = _opened(run)
    place = None if to is None else find_hosted(to, opened.registry)
    if to is not None and place is None:
        raise OptionError(
            f"'{to}' names no host; expected such as hf:owner/name, or give a folder as --out"
        )
    use = place.how_to_use() if place else None
    facts = ShareFacts(licence=licence, author=author, data=data, use=use, keep_mark=keep_mark)
    folder = opened.path / "shared" if out is None else Path(out)
    shared = share_run(opened, folder, facts, overwrite=overwrite)
    made = SharedFolder(folder=folder, files=shared.files, private=private)
    published = place.publish(made) if place else ""
    return SharedTo(shared.folder, shared.files, shared.notes, published)


@public
def sample_to(
    run: Run | str | Path,
    seeds: "Iterable[int] | Iterable[Point]",
    folder: str | Path,
    style: Any = "none",
    *,
    knobs: Options | None = None,
    label: int | None = None,
    **settings: Any,
) -> Written:
    """Write samples of a run as files that carry their records.

    Args:
        run: A run, or its folder.
        seeds: One for each picture, or points from ``Run.points``.
        folder: Where to; made if needed.
        style: A style, or "none" for raw pictures alone.
        knobs: Values for the style's knobs.
        label: Class of all pictures; None lets each seed draw its own.
        **settings: How files are written: the fields of ``FileOptions`` (``overwrite``,
            ``keep_raw``, ``keep_record``, ``keep_mark``, ``ending``, ``pattern``,
            ``side_files``, ``planes``); and of ``SteeringOptions`` (``truncation``, ``moves``,
            ``mix``, ``latents``, ``sampler``).

    Raises:
        ArtganError: A value does not fit, or a different file of that name is there.
    """
    run = _opened(run)
    files, steered = split_keywords("sample_to", settings, FileOptions, SteeringOptions)
    steering = resolve_steering(run, steered)
    request = SampleRequest(seeds, style, knobs or {}, label, steering)
    return write_samples(run, request, Path(folder), files)
