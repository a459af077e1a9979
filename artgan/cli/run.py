"""``artgan run``, ``artgan train`` and ``artgan resume``."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.flags import ChosenFlags, collect, record_flag
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.core.runner import Progress, Session
    from artgan.planning.plan import Plan
    from artgan.run import Run
    from artgan.sampling.write import Written

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

LOG_FLAG = click.option(
    "--log", multiple=True, help="Also write figures for tensorboard or wandb; repeatable."
)
TRAINING_FLAGS = (
    click.option("--arch", help="Architecture; artgan list architecture.  [default: what suits]"),
    click.option("--dataset", help="Name, or your folder or .zip of pictures.  [default: mnist]"),
    click.option("--loss", help="Loss; artgan list loss.  [default: the recipe's]"),
    click.option("--regularizer", multiple=True, help="Penalty, repeatable; none drops all."),
    click.option("--augmentation", multiple=True, help="Augmentation, repeatable; none drops all."),
    click.option("--preset", help="A preset of the architecture, such as classic."),
    click.option("--size", help="Side in pixels, or 96x64 (wide x high).  [default: the data's]"),
    click.option("--steps", type=click.IntRange(1), help="Updates.  [default: the recipe's]"),
    click.option("--minutes", type=click.FloatRange(0.05), help="Fit the steps to a time."),
    click.option("--batch", type=click.IntRange(1), help="Pictures per update."),
    click.option("--seed", type=click.IntRange(0), help="Key of all randomness.  [default: 0]"),
    click.option("--device", help="cpu, cuda or mps.  [default: the best there is]"),
    click.option(
        "--out", type=click.Path(path_type=Path), help="Run folder.  [default: below runs]"
    ),
    click.option(
        "--from",
        "base",
        type=click.Path(path_type=Path),
        help="A run whose weights to start from: for other pictures or labels.",
    ),
    click.option("--config", type=click.Path(path_type=Path), help="A run.toml to repeat or vary."),
    LOG_FLAG,
    click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable."),
)
OUTPUT_FLAGS = (
    click.option("--quiet", is_flag=True, help="Print nothing but errors."),
    click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
)
RUN_FLAGS = (
    click.option("--style", multiple=True, help="Style, repeatable; artgan list style."),
    click.option("--count", type=click.IntRange(0), help="Samples to make.  [default: 16]"),
    record_flag,
)

RUN_EXAMPLES = """\b
Examples:
  artgan run --arch dcgan --style neon
  artgan run --dataset ./my-pictures --size 64 --style neon
  artgan run --arch dcgan --preset classic
  artgan run --config runs/dcgan-001/run.toml --seed 2
Flags of what you choose: artgan run --arch dcgan --dataset folder --help
"""


def flags(options: tuple[Decorator, ...]) -> Decorator:
    """Give a command several flags."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


@click.command("run", cls=ChosenFlags, epilog=RUN_EXAMPLES)
@flags(TRAINING_FLAGS + RUN_FLAGS + OUTPUT_FLAGS)
def run_command(**given: Any) -> int:
    """Train a GAN on pictures, sample it, and style the samples."""
    return _train(given, sampling=True)


@click.command("train", cls=ChosenFlags, epilog=RUN_EXAMPLES.replace("artgan run", "artgan train"))
@flags(TRAINING_FLAGS + OUTPUT_FLAGS)
def train_command(**given: Any) -> int:
    """Train a GAN on pictures, without sampling."""
    return _train(given, sampling=False)


@click.command("resume")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--steps", type=click.IntRange(1), help="A new end; schedules stretch to it.")
@click.option(
    "--accumulate", type=click.IntRange(1), help="Compute each batch in parts, for less memory."
)
@LOG_FLAG
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@record_flag
@flags(OUTPUT_FLAGS)
def resume_command(
    run: Path,
    steps: int | None,
    accumulate: int | None,
    log: tuple[str, ...],
    plugin: tuple[str, ...],
    quiet: bool,
    as_json: bool,
    no_record: bool,
) -> int:
    """Go on with a run where it stopped; the result is that of an unbroken run."""
    from artgan.api import reopen
    from artgan.cli.flags import load_plugin_files

    load_plugin_files(plugin)
    session = reopen(run, steps=steps, accumulate=accumulate, log=log)
    teller = Teller(quiet, as_json)
    done, end = session.state.step, session.config.training.steps
    teller.say(f"Going on with {run} at step {done} of {end}.")
    return _finish(session, teller, sampling=True, keep_record=not no_record)


def plan_arguments(given: dict[str, Any]) -> dict[str, Any]:
    """Turn the parsed flags of ``run`` into the arguments of ``artgan.plan``."""
    from artgan.planning.settings import AND_THE_RECIPES

    tables = collect(given)
    names = ("arch", "dataset", "config", "loss", "size", "steps", "minutes", "batch", "seed")
    arguments = {name: given[name] for name in (*names, "base", "device", "preset")}
    for section, argument in (("architecture", "arch"), ("dataset", "dataset"), ("loss", "loss")):
        arguments[f"{argument}_options"] = tables.get(section, {})
    arguments["training_options"] = tables.get("training", {})
    for kind in ("regularizer", "augmentation"):
        options = tables.get(kind, {})
        chosen = given[kind] or ([AND_THE_RECIPES] if options else [])
        chain = {name: {} for name in chosen} | options
        arguments[f"{kind}s"] = chain or None
    style = given.get("style") or ()
    arguments["style"] = (style[0] if len(style) == 1 else list(style)) if style else None
    return arguments | {"knobs": tables.get("knobs", {}), "count": given.get("count")}


def _train(given: dict[str, Any], sampling: bool) -> int:
    from artgan.api import free_folder, plan, start
    from artgan.core.run_folder import RunFolder
    from artgan.errors import RunError

    if given["minutes"] and given["steps"]:
        raise click.UsageError("give --steps or --minutes, not both: minutes choose the steps")
    teller = Teller(given["quiet"], given["as_json"])
    if given["out"] and RunFolder(given["out"]).exists:
        raise RunError(
            f"'{given['out']}' already holds a run. Go on with it: artgan resume {given['out']}; "
            "or choose another folder with --out"
        )
    planned = plan(**plan_arguments(given), estimate=True, report=teller.say)
    out = given["out"] or free_folder(planned.config.architecture.name)
    teller.announce(planned, out)
    session = start(planned, out, log=given["log"])
    return _finish(session, teller, sampling, not given.get("no_record"))


def _finish(session: "Session", teller: "Teller", sampling: bool, keep_record: bool = True) -> int:
    from artgan.core import runner
    from artgan.run import load_run

    folder = session.folder.path
    with teller.bar(session) as show:
        runner.run(session, show)
    if not session.world.leads:
        return 0
    if session.outcome == "interrupted":
        teller.say(
            f"Stopped and saved at step {session.state.step}. Go on with: artgan resume {folder}"
        )
        teller.result({"run": str(folder), "outcome": session.outcome, "files": []})
        return 130
    run = load_run(folder)
    written = _sample_and_show(run, session, sampling, keep_record)
    teller.finished(run, written)
    return 3 if written.errors else 0


def _sample_and_show(
    run: "Run", session: "Session", sampling: bool, keep_record: bool
) -> "Written":
    from artgan.sampling.samples import SampleRequest
    from artgan.sampling.write import FileOptions, Written, write_samples
    from artgan.sheets.grid import contact_sheet
    from artgan.sheets.plots import plot_losses
    from artgan.sheets.run_page import write_page

    folder, config = run.folder, run.config
    written = Written(())
    if sampling and config.count:
        request = SampleRequest(range(config.count), config.style, config.knobs)
        options = FileOptions(overwrite=True, keep_record=keep_record)
        written = write_samples(run, request, folder.samples, options, observers=session.observers)
        contact_sheet(written.files, folder.path / "contact-sheet.png")
    plot_losses(folder.read_metrics(), folder.path / "losses.png")
    write_page(folder, config, written.files, run.checkpoint.step)
    return written


class Teller:
    """Says what happens: in sentences, as JSON, or not at all."""

    def __init__(self, quiet: bool, as_json: bool) -> None:
        self.silent = quiet or as_json
        self.as_json = as_json

    def say(self, text: str) -> None:
        """Print a sentence."""
        if not self.silent:
            say(text)

    def result(self, facts: dict[str, Any]) -> None:
        """Print the result for scripts."""
        if self.as_json:
            click.echo(json.dumps(facts))

    def announce(self, plan: "Plan", out: Path) -> None:
        """Say what was chosen, why, and how long it will take."""
        config, training = plan.config, plan.config.training
        labels = f", {config.classes} labels" if config.classes else ""
        if training.clusters:
            labels = f", sorted by look into {config.classes} kinds"
        regularizers = [part.name.rpartition("/")[2] for part in config.regularizers]
        augmentations = [part.name.rpartition("/")[2] for part in config.augmentations]
        extras = ", ".join(regularizers + augmentations)
        self.say(
            f"Pictures:  {plan.table.count} from {config.path or config.dataset.name}, "
            f"{config.width}x{config.height}, {_channels(config.channels)}{labels}"
        )
        self.say(
            f"Networks:  {config.architecture.name.rpartition('/')[2]}, "
            f"loss {config.loss.name.rpartition('/')[2]}{', ' + extras if extras else ''}"
        )
        if config.base:
            self.say(f"Weights:   those of {config.base}, wherever they fit")
        self.say(
            f"Training:  {training.steps} steps of batch {training.batch} on {config.device} "
            f"in {training.precision}"
        )
        for reason in plan.reasons:
            self.say(f"  - {reason}")
        self.say(f"Folder:    {out}")
        if plan.seconds is not None:
            self.say(f"This will take about {_duration(plan.seconds)}.")

    def bar(self, session: "Session") -> "Bar":
        """Give a progress bar, or one that shows nothing."""
        return Bar(session, hidden=self.silent or not session.world.leads)

    def finished(self, run: "Run", written: "Written") -> None:
        """Say where everything is."""
        for error in written.errors:
            click.echo(f"Not styled: {error}", err=True)
        self.say(f"Done: {len(written.files)} pictures in {run.folder.samples}")
        self.say(f"Look at {run.path / 'index.html'}")
        files = [str(file) for file in written.files]
        self.result(
            {
                "run": str(run.path),
                "outcome": "finished",
                "files": files,
                "errors": list(written.errors),
            }
        )


class Bar:
    """A progress bar: steps, pictures per second, time left, both losses, warnings."""

    def __init__(self, session: "Session", hidden: bool) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=session.config.training.steps,
            initial=session.state.step,
            disable=hidden,
            unit="step",
            mininterval=0.2 if sys.stderr.isatty() else 15,
            bar_format="{percentage:3.0f}% {bar:20} {n_fmt}/{total_fmt} {remaining} left {postfix}",
        )
        self._warned = ""

    def __enter__(self) -> "Callable[[Progress], None]":
        return self._show

    def _show(self, progress: "Progress") -> None:
        report = progress.report
        self._bar.set_postfix_str(
            f"{progress.images_per_second:.0f} images/s  "
            f"D {report.discriminator_loss:.2f}  G {report.generator_loss:.2f}",
            refresh=False,
        )
        self._bar.update(1)
        if progress.warning and progress.warning != self._warned:
            self._bar.write(f"Warning: {progress.warning}")
        self._warned = progress.warning

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def _channels(count: int) -> str:
    return {1: "grey", 3: "colour", 4: "colour with alpha"}[count]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
