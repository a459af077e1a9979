"""``artgan run``, ``artgan train`` and ``artgan resume``."""

import signal
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.base.threads import AUTO, using_threads
from artgan.cli import flags
from artgan.cli.dynamic import REPEATABLE, TrainingCommand, one_or_list, read_tables
from artgan.cli.one_voice import one_voice
from artgan.cli.output import CHANNELS, Output, training_bar
from artgan.cli.resuming import refuse_other_settings, refuse_without_folder
from artgan.starts.names import whose_weights

if TYPE_CHECKING:
    from artgan.core.config import RunConfig
    from artgan.core.runner import Session
    from artgan.planning.plan import Plan
    from artgan.sampling.write import FileOptions

log_flag = click.option(
    "--log", multiple=True, help="Also log metrics to tensorboard or wandb; may be repeated."
)
threads_flag = click.option(
    "--threads",
    metavar="auto|N",
    callback=flags.check_threads,
    help="How many threads compute; auto adapts to what else the machine does.  [default: auto]",
)
training_flags = flags.group(
    click.option("--arch", help="Architecture; artgan list architecture.  [default: what suits]"),
    click.option("--dataset", help="Name, or your folder or .zip of pictures.  [default: mnist]"),
    click.option("--loss", help="Loss; artgan list loss.  [default: the recipe's]"),
    click.option("--regularizer", multiple=True, help="Penalty; may be repeated; none drops all."),
    click.option(
        "--augmentation", multiple=True, help="Augmentation; may be repeated; none drops all."
    ),
    click.option("--preset", help="A preset of the architecture, such as classic."),
    click.option("--size", help="Side in pixels, or 96x64 (wide x high).  [default: the data's]"),
    click.option("--steps", type=click.IntRange(1), help="Updates.  [default: the recipe's]"),
    click.option(
        "--minutes", type=click.FloatRange(0.05), help="In place of --steps: end in this time."
    ),
    click.option("--batch", type=click.IntRange(1), help="Pictures per update."),
    click.option("--seed", type=flags.SEED, help="Random seed.  [default: 0]"),
    click.option("--device", help="cpu, cuda or mps.  [default: the best there is]"),
    threads_flag,
    flags.out("Run folder.  [default: below runs]"),
    click.option(
        "--resume", is_flag=True, help="Go on with the run in --out, if there is one already."
    ),
    click.option(
        "--from",
        "base",
        metavar="RUN",
        help="Trained weights to begin with: a run, start:NAME or hf:OWNER/NAME@REVISION.",
    ),
    click.option("--config", type=flags.PATH, help="A run, or its run.toml, to repeat or vary."),
    click.option(
        "--rescue", is_flag=True, help="After an early collapse begin anew with what may help."
    ),
    click.option(
        "--ground",
        metavar="HEX",
        help="What clear pixels are shown on in previews and sheets.  [default: chequered]",
    ),
    log_flag,
    flags.no_mark,
    flags.plugin,
)
sampling_flags = flags.group(
    click.option("--style", multiple=True, help=f"Style; {REPEATABLE}; artgan style list."),
    click.option("--count", type=click.IntRange(0), help="Samples to make.  [default: 16]"),
    flags.no_record,
)

RUN_EXAMPLES = """\b
Examples:
  artgan run --arch dcgan --style neon
  artgan run --dataset ./my-pictures --size 64 --style neon
  artgan run --arch dcgan --preset classic
  artgan run --config runs/dcgan-001/run.toml --seed 2
Flags of what you choose: artgan run --arch dcgan --dataset folder --help
"""


@click.command("run", cls=TrainingCommand, epilog=RUN_EXAMPLES)
@training_flags
@sampling_flags
@flags.output
def run_command(output: Output, **given: Any) -> int:
    """Train a GAN on pictures, sample it, and style the samples."""
    return _train(given, output, sampling=True)


@click.command(
    "train", cls=TrainingCommand, epilog=RUN_EXAMPLES.replace("artgan run", "artgan train")
)
@training_flags
@flags.output
def train_command(output: Output, **given: Any) -> int:
    """Train a GAN on pictures, without sampling."""
    return _train(given, output, sampling=False)


@click.command("resume")
@click.argument("run", type=flags.PATH)
@click.option("--steps", type=click.IntRange(1), help="A new end; schedules stretch to it.")
@click.option(
    "--minutes", type=click.FloatRange(0.05), help="In place of --steps: go on for so long."
)
@click.option(
    "--accumulate",
    type=click.IntRange(1),
    help="Split each batch into this many parts, to need less memory.",
)
@threads_flag
@log_flag
@flags.plugin
@flags.no_record
@flags.no_mark
@flags.output
def resume_command(run: Path, no_record: bool, no_mark: bool, output: Output, **given: Any) -> int:
    """Go on with a run where it stopped; the result is that of an unbroken run."""
    from artgan.api import reopen

    with one_voice({"run": run, "no_mark": no_mark, **given}, output) as output:
        session = reopen(run, keep_mark=False if no_mark else None, **given)
    files = _file_options(session.config, no_record)
    _follow(session, output, files)
    return _conclude(session, output, files)


def plan_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the parsed flags of ``run`` into the arguments of ``artgan.plan``."""
    from artgan.core.config import METHODS
    from artgan.planning.settings import AND_THE_RECIPES

    tables = read_tables(given)
    names = ("arch", "dataset", "config", "loss", "size", "steps", "minutes", "batch", "seed")
    more = ("base", "device", "threads", "preset", "ground")
    arguments = {name: given[name] for name in (*names, *more)}
    for section, argument in (("architecture", "arch"), ("dataset", "dataset"), ("loss", "loss")):
        arguments[f"{argument}_options"] = tables.get(section, {})
    arguments["training_options"] = tables.get("training", {})
    arguments["method_options"] = {kind: tables[kind] for kind in METHODS if kind in tables}
    for kind in ("regularizer", "augmentation"):
        options = tables.get(kind, {})
        chosen = given[kind] or ([AND_THE_RECIPES] if options else [])
        chain = {name: {} for name in chosen} | options
        arguments[f"{kind}s"] = chain or None
    arguments["keep_mark"] = False if given.get("no_mark") else None
    style = given.get("style")
    arguments["style"] = one_or_list(style) if style else None
    return arguments | {"knobs": tables.get("knobs", {}), "count": given.get("count")}


def _train(given: Mapping[str, Any], output: Output, sampling: bool) -> int:
    from artgan.api import start
    from artgan.errors import TrainingError
    from artgan.planning.attempts import COLLAPSED, explain_collapse, train_or_rescue
    from artgan.plugin_manager.load import default_registry

    with one_voice(given, output) as output:
        session = _reopen(given) if given["resume"] else None
        if session is None:
            planned, out = _plan(given, output)
    config = planned.config if session is None else session.config
    files = _file_options(config, given["no_record"]) if sampling else None
    if session is not None:
        _follow(session, output, files)
        return _conclude(session, output, files)
    session = train_or_rescue(
        planned,
        lambda chosen: start(chosen, out, log=given["log"]),
        lambda opened: _follow(opened, output, files, stops=True),
        default_registry(),
        rescue=given["rescue"],
        say=output.say,
    )
    if session.outcome == COLLAPSED:
        raise TrainingError(explain_collapse(session))
    return _conclude(session, output, files)


def _plan(given: Mapping[str, Any], output: Output) -> "tuple[Plan, Path]":
    """Plan a new run, and say what was chosen; return its folder too."""
    from artgan.api import free_folder, refuse_start

    out = given["out"]
    refuse_start(out, given["log"])
    planned = artgan.plan(**plan_arguments(given), estimate=True, report=output.say)
    out = out or free_folder(planned.config.architecture.name)
    for line in _announcement(planned, out):
        output.say(line)
    return planned, out


def _reopen(given: Mapping[str, Any]) -> "Session | None":
    """Open the run in --out to go on with it; None if there is none."""
    from artgan.api import reopen
    from artgan.core.run_folder import RunFolder

    refuse_without_folder(given["out"])
    folder = RunFolder(given["out"])
    if not folder.exists:
        return None
    tables = read_tables(given)
    refuse_other_settings(given, tables, folder.read_config())
    wanted = {name: given[name] for name in ("steps", "threads", "log")}
    accumulate = tables.get("training", {}).get("accumulate")
    keep_mark = False if given.get("no_mark") else None
    return reopen(folder.path, accumulate=accumulate, keep_mark=keep_mark, **wanted)


def _file_options(config: "RunConfig", no_record: bool) -> "FileOptions":
    from artgan.sampling.write import FileOptions

    return FileOptions(overwrite=True, keep_record=not no_record, keep_mark=config.keep_mark)


def _announcement(plan: "Plan", out: Path) -> Iterator[str]:
    """Yield what was chosen, why, and how long it will take, line by line."""
    config, training = plan.config, plan.config.training
    labels = f", {count_of(config.classes, 'label')}" if config.classes else ""
    if training.clusters:
        labels = f", sorted into {count_of(config.classes, 'cluster')}"
    parts = [*config.regularizers, *config.augmentations]
    extras = "".join(f", {_short(part.name)}" for part in parts)
    yield (
        f"Pictures:  {plan.table.count} from {config.path or config.dataset.name}, "
        f"{config.width}x{config.height}, {CHANNELS[config.channels]}{labels}"
    )
    yield f"Networks:  {_short(config.architecture.name)}, loss {_short(config.loss.name)}{extras}"
    if config.base:
        whose = whose_weights(training.from_networks)
        yield f"Weights:   those of {config.base}{whose}, wherever they fit"
    yield (
        f"Training:  {count_of(training.steps, 'step')} of batch {training.batch} "
        f"on {config.device} in {training.precision}"
    )
    yield from (f"  - {reason}" for reason in plan.reasons)
    yield f"Folder:    {out}"
    if plan.seconds is not None:
        yield f"This will take about {_duration(plan.seconds)}."


def _follow(
    session: "Session", output: Output, files: "FileOptions | None", *, stops: bool = False
) -> None:
    """Train to the end and show progress; one that ``stops`` does so at an early collapse.

    ``files`` of None writes no samples afterwards.
    """
    from artgan.cli.finishing import rehearse
    from artgan.core import runner
    from artgan.monitoring.timekeeping import Timekeeper
    from artgan.planning.attempts import stopping

    if isinstance(session.timing, Timekeeper):
        session.timing.rehearse = partial(rehearse, session, files)
    if session.reopened:
        begun, end = session.state.step, session.config.training.steps
        output.say(f"Going on with {session.folder.path} at step {begun} of {end}.")
    with training_bar(session, hidden=output.hidden or not session.world.leads) as show:
        runner.run(session, stopping(session, show) if stops else show)


def _conclude(session: "Session", output: Output, files: "FileOptions | None") -> int:
    """Write samples and pages, and print where everything is and what was reached."""
    from artgan.cli.finishing import sample_and_show
    from artgan.monitoring.outcome import what_was_reached
    from artgan.planning.attempts import what_to_try

    folder = session.folder.path
    if not session.world.leads:
        return 0 if session.outcome == "finished" else 128 + (session.signal or signal.SIGINT)
    facts: dict[str, Any] = {"run": str(folder), "outcome": session.outcome, "files": []}
    if session.outcome == "interrupted":
        output.result(
            facts,
            f"Stopped and saved at step {session.state.step}. Go on with: artgan resume {folder}",
        )
        # As shells count: 128 and the number of the signal.
        return 128 + (session.signal or signal.SIGINT)
    run = artgan.load_run(folder)
    # A run that is repeated samples with the same number of threads again.
    with using_threads(session.threads.count if session.threads else AUTO):
        written = sample_and_show(run, run.folder, files, session.observers)
    code = output.failures("Not styled", written.errors)
    reached = what_was_reached(run.folder.read_metrics())
    told = reached.sentence(_as_long_again(session))
    facts |= {"files": [str(file) for file in written.files], "errors": list(written.errors)}
    facts["reached"] = told
    done = f"{count_of(len(written.files), 'picture')} in {run.folder.samples}"
    done = done if files else f"trained to step {run.checkpoint.step}"
    if reached.collapsed:
        told = f"{told} {what_to_try(session)}"
    else:
        done = f"Done: {done}"
    output.result(
        facts,
        done,
        told,
        f"Look at {run.path / 'index.html'}",
    )
    return code


def _as_long_again(session: "Session") -> str:
    """Return the command that gives a run as much again as it had."""
    from artgan.monitoring.timekeeping import Timekeeper

    if isinstance(session.timing, Timekeeper):
        more = f"--minutes {session.timing.minutes:g}"
    else:
        more = f"--steps {2 * session.state.step}"
    return f"artgan resume {session.folder.path} {more}"


def _short(full_name: str) -> str:
    return full_name.rpartition("/")[2]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return count_of(max(1, round(seconds)), "second")
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
