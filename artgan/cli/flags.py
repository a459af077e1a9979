"""Flags and arguments that several commands share, each declared once: ``@flags.overwrite``."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli.output import Output

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PATH = click.Path(path_type=Path)
"""Type of flags and arguments that name a file or folder."""


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
    return click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=text)


overwrite = click.option("--overwrite", is_flag=True, help="Replace files that differ.")
no_record = click.option(
    "--no-record", is_flag=True, help="Do not write into the file what made it."
)
file_format = choice("--format", ("png", "jpg", "webp", "tiff"), "All but jpg are lossless.")
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

    for path in paths:
        default_registry().add_file(Path(path))


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


def _open_run(ctx: click.Context, param: click.Parameter, path: Path | None) -> "artgan.Run | None":
    return None if path is None else artgan.load_run(path)


run = click.argument("run", type=PATH, callback=_open_run)
"""A run folder; the command gets the run, opened."""


def run_option(text: str, **more: Any) -> Decorator:
    """Declare --run, a run folder; the command gets the run, opened."""
    return click.option("--run", type=PATH, callback=_open_run, help=text, **more)


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
