"""Flags and arguments that several commands share, each declared once: ``@flags.overwrite``."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import join_names
from artgan.cli.output import Output
from artgan.errors import OptionError

if TYPE_CHECKING:
    from artgan.latents.steering import Steering
    from artgan.pictures.marks import Metadata

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PATH = click.Path(path_type=Path)
"""Type of flags and arguments that name a file or folder."""

SEED = click.IntRange(0, 2**63 - 1)
"""Type of seeds."""


def group(*options: Decorator) -> Decorator:
    """Make one decorator of several flags, in the order that help shows them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def choice(name: str, values: Sequence[str], text: str) -> Decorator:
    """Declare a flag that takes one of a few values; the first is the default."""
    return click.option(
        name, type=click.Choice(values), default=values[0], show_default=True, help=text
    )


def out(text: str, **more: Any) -> Decorator:
    """Declare --out, a file or folder; ``more`` goes to ``click.option``."""
    return click.option("--out", type=PATH, help=text, **more)


def seed(text: str = "Random seed.") -> Decorator:
    """Declare --seed with 0 as default."""
    return click.option("--seed", type=SEED, default=0, show_default=True, help=text)


overwrite = click.option("--overwrite", is_flag=True, help="Replace files that differ.")
no_record = click.option(
    "--no-record", is_flag=True, help="Do not write into the file what made it."
)
no_mark = click.option(
    "--no-mark", is_flag=True, help="Do not write into the file how it came about, for machines."
)


def known_format(ctx: click.Context, param: click.Parameter, given: str) -> str:
    """Refuse a format that neither artgan nor a plugin writes."""
    from artgan.plugin.files import find_writer, written_endings

    if find_writer(Path(f"a.{given}")) is None:
        known = join_names([ending.removeprefix(".") for ending in written_endings()])
        raise click.BadParameter(f"'{given}' is none that is written; expected {known}")
    return given


file_format = click.option(
    "--format",
    default="png",
    show_default=True,
    metavar="png|jpg|webp|tiff|...",
    callback=known_format,
    help="All but jpg are lossless; plugins add formats: artgan list writer.",
)
planes = click.option(
    "--planes", is_flag=True, help="Also write planes, such as depth, as grey pictures."
)
only = choice(
    "--only",
    ("all", "keep", "star"),
    "Pictures of folders: all but the rejected, kept or starred ones; see artgan curate.",
)
pictures = click.argument("pictures", nargs=-1, required=True, type=PATH)


def load_plugin_files(paths: Sequence[str]) -> None:
    """Load plugin files; one that is loaded already stays as it is."""
    if not paths:
        return
    from artgan.plugin_manager.load import default_registry
    from artgan.plugin_manager.plugin_settings import check_settings

    for path in paths:
        default_registry().add_file(Path(path))
    check_settings(default_registry())


# Eager: plugins are loaded before runs are opened and other flags are checked.
plugin = click.option(
    "--plugin",
    multiple=True,
    type=click.Path(),
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, param, paths: load_plugin_files(paths),
    help="Load a plugin file; may be repeated.",
)


def _take_threads(ctx: click.Context, param: click.Parameter, given: str) -> None:
    """Compute with so many threads until the command ends; "auto" leaves filters alone."""
    from artgan.base.threads import read_threads, using_threads

    ctx.with_resource(using_threads(read_threads(given)))


def _choose_threads(ctx: click.Context, param: click.Parameter, given: str) -> None:
    """Compute with so many threads until the command ends; "auto" takes what suits the load."""
    from artgan.base.threads import Load, free_threads, read_threads, using_threads

    # The load is measured while torch is imported.
    load = Load()
    ctx.with_resource(
        using_threads(read_threads(given) or free_threads(load), filters=given != "auto")
    )


def check_threads(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """Refuse what is no number of threads before pictures are read."""
    from artgan.base.threads import read_threads

    return given if given is None or read_threads(given) else "auto"


def _threads(callback: Callable[..., None]) -> Decorator:
    return click.option(
        "--threads",
        metavar="auto|N",
        default="auto",
        show_default=True,
        expose_value=False,
        callback=callback,
        help="How many threads compute; auto looks at what else the machine does.",
    )


threads = _threads(_choose_threads)
"""--threads, for commands that sample."""

filter_threads = _threads(_take_threads)
"""--threads, for commands that only style: the threads of filters do not wait for each other."""


def _open_run(ctx: click.Context, param: click.Parameter, path: Path | None) -> "artgan.Run | None":
    return None if path is None else artgan.load_run(path)


run = click.argument("run", type=PATH, callback=_open_run)
"""A run folder; the command gets the run, opened."""


def run_option(text: str, **more: Any) -> Decorator:
    """Declare --run, a run folder; the command gets the run, opened."""
    return click.option("--run", type=PATH, callback=_open_run, help=text, **more)


def metadata(given: Mapping[str, Any]) -> "Callable[[Mapping[str, Any]], Metadata]":
    """Return the function that decides what a file carries, by --no-record and --no-mark."""
    from artgan.pictures.marks import metadata_of

    keep_record, keep_mark = not given["no_record"], not given["no_mark"]
    return partial(metadata_of, keep_record=keep_record, keep_mark=keep_mark)


quiet = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def _passing_output(*options: Decorator) -> Decorator:
    """Add --quiet or --json to a command, which gets them as one ``Output``."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def called(*args: Any, quiet: bool = False, as_json: bool = False, **given: Any) -> Any:
            return command(*args, output=Output(quiet, as_json), **given)

        return group(*options)(called)

    return decorate


output = _passing_output(quiet, as_json)
"""--quiet and --json, for commands that make something; passes ``output``."""

json_output = _passing_output(as_json)
"""--json, for commands whose answer is what they print; passes ``output``."""

steering = group(
    click.option(
        "--truncation",
        type=click.FloatRange(0, 2),
        default=1.0,
        show_default=True,
        help="Less is more usual and less varied; 0 is the mean picture.",
    ),
    click.option(
        "--move", multiple=True, metavar="NAME=X", help="Move along a direction; may be repeated."
    ),
    click.option(
        "--mix", metavar="SEED:LAYER", help="Finer layers of another seed, from LAYER on."
    ),
    click.option(
        "--latents",
        multiple=True,
        metavar="NAME|FILE",
        help="What becomes of latents (artgan list latents), or those that artgan project wrote; "
        "may be repeated.",
    ),
    click.option(
        "--sampler",
        default="one-pass",
        show_default=True,
        metavar="NAME",
        help="Steps between latents and pictures; artgan list sampler.",
    ),
)
"""What ``steering_of`` reads."""


def steering_of(run: "artgan.Run", given: Mapping[str, Any]) -> "Steering":
    """Return what the flags of ``steering`` ask for."""
    from artgan.latents.directions import resolve_steering
    from artgan.latents.steering import SteeringOptions

    moves, mix = parse_moves(given["move"]), parse_mix(given["mix"])
    chain = " | ".join(text for text in given["latents"] if not names_file(text))
    options = SteeringOptions(given["truncation"], moves, mix, chain, given["sampler"])
    return resolve_steering(run, options)


def names_file(text: str) -> bool:
    """Tell whether --latents names a file, and no contribution."""
    return Path(text).suffix == ".safetensors" or Path(text).is_file()


def latent_files(given: Mapping[str, Any]) -> list[Path]:
    """Return the files that --latents names."""
    return [Path(text) for text in given["latents"] if names_file(text)]


drawn_size = click.option(
    "--size",
    metavar="N|WxH",
    help="Size in pixels; for runs of --arch coordinates.",
)
"""--size of pictures as they are drawn; ``of_size`` reads it."""


def of_size(run: "artgan.Run", given: Mapping[str, Any]) -> "artgan.Run":
    """Return the run with pictures of the size that --size names."""
    return run if given["size"] is None else run.at_size(given["size"])


def label(text: str) -> Decorator:
    """Declare --label, by name or number; ``read_label`` reads it."""
    return click.option("--label", metavar="NAME", help=f"{text} By name or number.")


def read_label(run: "artgan.Run", given: str | None) -> int | None:
    """Return the number of the label that --label names, or None."""
    from artgan.sampling.labels import find_label

    if given is None:
        return None
    return find_label(given, run.config.class_names, run.config.classes)


def parse_moves(given: Sequence[str]) -> dict[str, float]:
    """Read "tilt=2" and others as direction -> standard deviations."""
    moves: dict[str, float] = {}
    for text in given:
        name, equals, amount = text.partition("=")
        try:
            moves[name.strip()] = float(amount)
        except ValueError:
            equals = ""
        if not equals or not name.strip() or not math.isfinite(moves[name.strip()]):
            raise OptionError(f"--move {text} does not fit; expected NAME=NUMBER, as in tilt=2")
    return moves


def parse_mix(text: str | None) -> tuple[int, int] | None:
    """Read "9:4" as seed and layer."""
    if text is None:
        return None
    seed, _, layer = text.partition(":")
    if not seed.isdecimal() or not layer.isdecimal():
        raise OptionError(f"--mix {text} does not fit; expected SEED:LAYER, as in 9:4")
    return int(seed), int(layer)
