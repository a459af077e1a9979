"""``artgan remake``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from artgan.cli.bar import waiting
from artgan.cli.main import say


@click.command("remake")
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--run", type=click.Path(path_type=Path), help="Run folder.  [default: found]")
@click.option("--source", type=click.Path(path_type=Path), help="What it was made from.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to keep the new picture in.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def remake_command(plugin: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Make a PICTURE again from what its file says, and tell whether it is the same.

    Prints "identical" if the files are equal to the byte, else by how much they differ and why,
    and exits with 1.

    \b
    Examples:
      artgan remake runs/dcgan-001/samples/s00003-neon.png
      artgan remake s00003-neon.webp --run runs/dcgan-001 --out again
      artgan remake photo-gameboy.png --source photo.jpg
      artgan remake runs/dcgan-001/animations/loop-1-5-9.gif
    """
    from artgan.cli.flags import load_plugin_files
    from artgan.remaking import remake

    load_plugin_files(plugin)
    with waiting("making it again", hidden=as_json):
        made = remake(given.pop("picture"), **given)
    if as_json:
        facts = asdict(made)
        click.echo(json.dumps({**facts, "file": str(made.file) if made.file else None}))
    elif made.identical:
        say("identical")
    else:
        say(
            f"different: up to {made.max_difference} of 255 in a channel, "
            f"{made.mean_difference:.3g} on average, in {made.share:.2%} of the pixels"
        )
        for reason in made.reasons:
            say(f"  {reason}")
    return 0 if made.identical else 1
