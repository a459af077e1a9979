"""The group of all commands, and the place where errors become sentences.

Commands are imported when they are called; ``artgan --help`` imports none of them.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from artgan.base.clock import begin_command
from artgan.base.signals import EndedBySignal, ending_on_signals
from artgan.base.terminal import one_line, visible
from artgan.cli.output import INTERRUPTED, json_alone, say
from artgan.cli.streams import prepare_streams
from artgan.distribution.launch import read_launch
from artgan.errors import ArtganError, ProcessError
from artgan.plugin.files import connect_files
from artgan.version import __version__

if TYPE_CHECKING:
    from artgan.base.contributions import Entry

COMMANDS = {
    "run": ("Train, sample and style: from nothing to pictures.", "run:run_command"),
    "train": ("Train only.", "run:train_command"),
    "resume": ("Go on with a run that was interrupted.", "run:resume_command"),
    "sample": ("Make pictures from a trained run.", "sample:sample_command"),
    "animate": ("Move from seed to seed: GIF, WebP, APNG, video.", "sample:animate_command"),
    "project": ("Find a picture in latent space.", "latents:project_command"),
    "directions": ("Find what changes pictures, without labels.", "latents:directions_command"),
    "series": ("Make numbered, reproducible series.", "series:series_command"),
    "curate": ("Choose among pictures: star, keep, reject.", "curate:curate_command"),
    "sheet": ("Lay pictures out in equal cells; sprite sheets too.", "curate:sheet_command"),
    "canvas": ("Fill a canvas of any size.", "paper:canvas_command"),
    "print": ("Make pictures ready for paper, posters included.", "paper:print_command"),
    "plot": ("Draw for pen plotters: SVG, a layer for each pen.", "paper:plot_command"),
    "export": ("Take the generator to a web page or ONNX.", "export:export_command"),
    "share": ("Make a run ready for others, upload it.", "share:share_command"),
    "apply": ("Style any pictures.", "apply:apply_command"),
    "style": ("See styles on your picture; change and share them.", "styles:style_command"),
    "layers": ("Lay pictures over each other: OpenRaster.", "layers:layers_command"),
    "matrix": ("Turn a style's knobs in a labelled grid.", "styles:matrix_command"),
    "palette": ("Take, make, show and convert palettes.", "palette:palette_command"),
    "tile": ("Check how well a picture repeats.", "evaluate:tile_command"),
    "inspect": ("Look at your pictures before training.", "info:inspect_command"),
    "pack": ("Pack pictures into shards, for sets larger than memory.", "pack:pack_command"),
    "list": ("List architectures, filters, styles ...", "catalogue:list_command"),
    "show": ("Show one of them with its options.", "catalogue:show_command"),
    "evaluate": ("Measure how good a run is.", "evaluate:evaluate_command"),
    "info": ("Show what made a run or a picture.", "info:info_command"),
    "remake": ("Make a picture again from its record.", "info:remake_command"),
    "trust": ("Let a project's own plugins run.", "plugins:trust_command"),
    "plugins": ("See, install and switch plugins.", "plugins:plugins_command"),
}

ALIASES = {"styles": "styles:styles_command"}
"""Words of older versions, which help does not list -> the command."""

EXAMPLES = """\b
Examples:
  artgan run --arch dcgan --style neon
  artgan run --dataset ./my-pictures --style neon
  artgan sample runs/dcgan-001 --seeds 0-15,40 --style ember
  artgan apply --style gameboy photo.jpg --out styled
  artgan style list
"""


class LazyGroup(click.Group):
    """A group that imports a command only when it is called.

    ``lazy`` has name -> (line of help, "module:attribute" below ``artgan.cli``), ``aliases`` what
    is understood too and stands in no list.
    """

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, tuple[str, str]] | None = None,
        aliases: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.lazy = dict(lazy or {})
        self.places = {name: place for name, (_, place) in self.lazy.items()} | dict(aliases or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names in the order of help."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"artgan.cli.{module}"), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the nearest name."""
        given = args[0] if args else "-"
        if not given.startswith("-") and self.get_command(ctx, given) is None:
            from artgan.base.suggest import suggest

            known = [*self.lazy, *self.more()]
            raise click.UsageError(f"No command '{given}'.{suggest(given, known)}", ctx)
        return super().resolve_command(ctx, args)

    def more(self) -> dict[str, str]:
        """List further commands with their help."""
        return {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (text, _) in self.lazy.items()])
        more = self.more()
        if more:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(list(more.items()))


class TopGroup(LazyGroup):
    """artgan's own commands, then those that plugins bring; none of ours can be replaced."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import our own command, or look among those of plugins."""
        return super().get_command(ctx, cmd_name) or _plugin_command(cmd_name)

    def more(self) -> dict[str, str]:
        """List the commands of plugins, read from their source; help imports none of them."""
        from artgan.plugin_manager.declared import read_commands
        from artgan.plugin_manager.discovery import discover

        found = read_commands(discover())
        taken = [*self.places, *(short for short, _ in found.values())]
        return {
            (full if taken.count(short) > 1 else short): f"{summary}  ({full.partition('/')[0]})"
            for full, (short, summary) in found.items()
        }


def _files_of_plugins(kind: str) -> "Iterable[Entry]":
    """List the readers or writers of plugins, which are loaded for that."""
    from artgan.plugin_manager.load import files_of_plugins

    return files_of_plugins(kind)


def _plugin_command(name: str) -> click.Command | None:
    from artgan.errors import PluginError
    from artgan.plugin_manager.load import default_registry

    registry = default_registry()
    if "/" not in name and name not in [e.declaration.name for e in registry.entries("command")]:
        return None
    entry = registry.find("command", name)
    command = entry.load("command")
    if not isinstance(command, click.Command):
        raise PluginError(f"{entry.where} is {type(command).__name__}; expected a click command")
    return command


@click.group(
    cls=TopGroup,
    lazy=COMMANDS,
    aliases=ALIASES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES,
)
@click.option("--no-plugins", is_flag=True, help="Load no plugins but those of --plugin.")
@click.option(
    "--disable", multiple=True, metavar="NAME", help="Do not load a plugin; may be repeated."
)
@click.option("--no-project", is_flag=True, help="Do not read a project's artgan.toml.")
@click.version_option(__version__, prog_name="artgan")
def cli(no_plugins: bool, disable: tuple[str, ...], no_project: bool) -> None:
    """Generative art with GANs: train on pictures, sample new ones, style them."""
    from artgan.plugin_manager.selection import PROCESS, Restriction

    PROCESS.restriction = Restriction(no_plugins, disable, no_project)


class _Warnings(logging.Handler):
    """Prints warnings as commands print everything else."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)


def _wants_json(args: Sequence[str]) -> bool:
    """Check whether a command of artgan's own, not of a plugin, is asked for JSON."""
    command = next(
        (
            arg
            for before, arg in zip(("", *args), args, strict=False)
            if not arg.startswith("-") and before != "--disable"
        ),
        "",
    )
    return "--json" in args and command in {*COMMANDS, *ALIASES}


def main(args: list[str] | None = None) -> None:
    """Run the command line; errors of ours and of plugins become a sentence and an exit code."""
    try:
        prepare_streams()
        connect_files(_files_of_plugins)
        logging.getLogger("artgan").handlers = [_Warnings()]
        if args is None:
            begin_command()
        alone = json_alone if _wants_json(sys.argv[1:] if args is None else args) else nullcontext
        with ending_on_signals(), alone():
            code = cli.main(args=args, prog_name="artgan", standalone_mode=False)
    except EndedBySignal as ended:
        say(f"Ended by {ended.name}.", err=True)
        # As shells count: 128 and the number of the signal.
        sys.exit(ended.exit_code)
    # The second is what Ctrl-C raises before signals are taken.
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("Interrupted.", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.message = _told(error.message, sys.argv[1:] if args is None else args)  # type: ignore[misc]
        _say_once(error, error.message, error.show)
        sys.exit(error.exit_code)
    except ArtganError as error:
        _say_once(error, str(error), partial(say, f"Error: {error}", err=True))
        sys.exit(error.exit_code)
    except Exception as error:
        explained = _explained(error)
        if explained is None or os.environ.get("ARTGAN_STRICT") == "1":
            raise
        say(f"Error: {explained}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _say_once(error: Exception, problem: str, show: Callable[[], None]) -> None:
    """Show an error; of several processes the first one does, if it is told of the problem."""
    launch = None
    with suppress(ArtganError):
        launch = read_launch()
    if launch is None or launch.rank == 0:
        show()
    if launch is None or isinstance(error, ProcessError):
        return
    from artgan.distribution.group import decline

    if not decline(problem) and launch.rank > 0:
        show()


def _told(message: str, args: Sequence[str]) -> str:
    """Spell out what a terminal would obey in a message of click, and line breaks of arguments.

    Those of the message itself part the names that may be chosen from.
    """
    # "--out=NAME" or "NAME", longest first.
    given = {piece for arg in args for piece in (arg, arg.partition("=")[2]) if "\n" in piece}
    for piece in sorted(given, key=len, reverse=True):
        message = message.replace(piece, one_line(piece))
    return visible(message)


def _explained(error: Exception) -> str | None:
    """Describe an error of the system, of memory or of a plugin; None if it is our own."""
    from artgan.base.memory import out_of_memory
    from artgan.plugin_manager.load import default_registry

    if isinstance(error, OSError):
        where = f"'{error.filename}' cannot be used: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    if out_of_memory(error):
        return "out of memory: close other programs, or work on smaller or fewer pictures"
    plugin = default_registry().blame(error)
    if plugin is None:
        return None
    return (
        f"plugin {plugin.id} {plugin.version} failed: {type(error).__name__}: {error}. "
        "ARTGAN_STRICT=1 shows where."
    )
