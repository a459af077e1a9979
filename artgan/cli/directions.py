"""``artgan directions``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import waiting
from artgan.cli.output import Output, count_of
from artgan.cli.steering import label_flag, read_label

if TYPE_CHECKING:
    from artgan.latents.directions import Directions


@click.command("directions")
@flags.run
@click.option("--count", type=click.IntRange(1, 64), default=8, show_default=True, help="How many.")
@flags.choice(
    "--method",
    ("components", "sefa"),
    "What varies most, or what the first weights respond to most.",
)
@click.option("--name", multiple=True, metavar="OLD=NEW", help="Rename: 0=tilt; may be repeated.")
@click.option("--seeds", default="1,2", show_default=True, help="Whose pictures the sheet shows.")
@label_flag("Class of the sheet's pictures.")
@flags.plugin
@flags.output
def directions_command(run: "artgan.Run", output: Output, **given: Any) -> None:
    """Find the directions in which the pictures of a trained RUN change most.

    No labels are needed. They are kept in the RUN with a sheet that shows each from -3 to 3; look
    at it, name them, and move along them with artgan sample --move.

    \b
    Examples:
      artgan directions runs/dcgan-001
      artgan directions runs/dcgan-001 --name 0=tilt --name 3=weight
      artgan sample runs/dcgan-001 --seeds 1 --move tilt=2
    """
    from artgan.core.sample import parse_seeds
    from artgan.sheets.direction_sheet import direction_sheet

    sheet = run.path / "directions.png"
    label = read_label(run, given["label"])
    with waiting("finding directions", hidden=output.hidden):
        if given["name"]:
            found = _rename(run, given["name"])
        else:
            found = run.find_directions(given["count"], method=given["method"])
        direction_sheet(run, found, sheet, parse_seeds(given["seeds"]), label)
    output.result(
        {"names": list(found.names), "sheet": str(sheet)},
        f"{count_of(len(found.names), 'direction')}: {', '.join(found.names)}",
        f"Look at {sheet}",
    )


def _rename(run: "artgan.Run", names: Sequence[str]) -> "Directions":
    """Rename the directions that a run has, as "0=tilt" says."""
    from artgan.errors import OptionError
    from artgan.latents.directions import read_directions, write_directions

    found = read_directions(run.path, run.checkpoint.sha256)
    for text in names:
        old, equals, new = text.partition("=")
        if not equals:
            raise OptionError(f"--name {text} does not fit; expected OLD=NEW, as in 0=tilt")
        found = found.renamed(old.strip(), new.strip())
    write_directions(run.path, found)
    return found
