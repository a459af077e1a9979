"""``artgan remake``."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import waiting
from artgan.cli.output import Output


@click.command("remake")
@click.argument("picture", type=flags.PATH)
@click.option("--run", type=flags.PATH, help="Run folder.  [default: found]")
@click.option("--source", type=flags.PATH, help="What it was made from.")
@flags.out("Folder to keep the new picture in.")
@flags.overwrite
@flags.plugin
@flags.json_output
def remake_command(picture: Path, output: Output, **given: Any) -> int:
    """Make a PICTURE again from what its file says, and compare.

    Prints "identical" if the files are equal to the byte, else by how much they differ and why,
    and exits with 1.

    \b
    Examples:
      artgan remake runs/dcgan-001/samples/s00003-neon.png
      artgan remake s00003-neon.webp --run runs/dcgan-001 --out again
      artgan remake photo-gameboy.png --source photo.jpg
      artgan remake runs/dcgan-001/animations/loop-1-5-9.gif
    """
    with waiting("making it again", hidden=output.hidden):
        made = artgan.remake(picture, **given)
    lines = ["identical"]
    if not made.identical:
        lines = [
            f"different: up to {made.max_difference} of 255 in a channel, "
            f"{made.mean_difference:.3g} on average, in {made.share:.2%} of the pixels",
            *[f"  {reason}" for reason in made.reasons],
        ]
    output.result({**asdict(made), "file": str(made.file) if made.file else None}, *lines)
    return 0 if made.identical else 1
