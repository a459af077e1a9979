"""``artgan share``."""

import sys
from typing import Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, waiting


@click.command("share")
@flags.run
@flags.out("Folder to write.  [default: RUN/shared]")
@click.option(
    "--license",
    "--licence",
    "licence",
    metavar="SPDX",
    help="Licence of the weights, as in CC-BY-4.0; a terminal is asked for it.",
)
@click.option("--author", default="", help="Who trained it.")
@click.option("--data", default="", help="What it was trained on, in your words.")
@click.option(
    "--to",
    metavar="hf:OWNER/NAME",
    help="Upload it; needs the extra artgan[hub]. Plugins add places: artgan list run-host.",
)
@click.option("--private", is_flag=True, help="Make the repository private, if it is new.")
@flags.overwrite
@flags.no_mark
@flags.plugin
@flags.threads
@flags.output
def share_command(
    run: "artgan.Run", output: Output, licence: str | None, no_mark: bool, **given: Any
) -> None:
    """Make a folder of a trained RUN that others can use, and upload it if asked.

    It holds the best weights, the settings, a model card, a sheet and a page that runs the
    generator in a browser. No training picture is in it, and no folder of yours is named.

    \b
    Examples:
      artgan share runs/dcgan-001 --license CC-BY-4.0 --author "Ada L."
      artgan share runs/dcgan-001 --license MIT --to hf:ada/mushrooms
    """
    licence = licence or _ask_licence(output)
    with waiting("sharing", hidden=output.hidden):
        shared = artgan.share(run, licence=licence, keep_mark=False if no_mark else None, **given)
    for note in shared.notes:
        output.note(note)
    files = [shared.folder / name for name in shared.files]
    facts = {"folder": str(shared.folder), "files": [str(file) for file in files]}
    size = sum(file.stat().st_size for file in files)
    lines = [f"{shared.folder} ({count_of(len(files), 'file')}, {size / 1e6:.1f} MB)"]
    if not shared.name:
        lines.append(f"Others begin with it: --from {shared.folder}")
    else:
        repository, _, commit = shared.name.partition(":")[2].partition("@")
        facts |= {"name": shared.name, "repository": repository, "commit": commit}
        lines.append(f"Others begin with it: --from {shared.name}")
    output.result(facts, *lines)


def _ask_licence(output: Output) -> str:
    """Ask for the licence on a terminal; nothing is shared without one."""
    if output.hidden or not sys.stdin.isatty():
        raise click.UsageError(
            "Expected --license, under which others may use the weights, as in CC0-1.0, CC-BY-4.0 "
            "or MIT."
        )
    return str(click.prompt("Licence of the weights (CC0-1.0, CC-BY-4.0, MIT ...)", err=True))
