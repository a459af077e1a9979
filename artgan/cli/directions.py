"""``artgan directions``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.bar import waiting
from artgan.cli.flags import load_plugin_files
from artgan.cli.main import say
from artgan.cli.steering import label_flag, read_label
from artgan.errors import OptionError


@click.command("directions")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--count", type=click.IntRange(1, 64), default=8, show_default=True, help="How many.")
@click.option(
    "--method",
    type=click.Choice(["components", "sefa"]),
    default="components",
    show_default=True,
    help="What varies most, or what the first weights answer to most.",
)
@click.option("--name", multiple=True, metavar="OLD=NEW", help="Rename, repeatable: 0=tilt.")
@click.option("--seeds", default="1,2", show_default=True, help="Whose pictures the sheet shows.")
@label_flag("Class of the sheet's pictures.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the directions as JSON.")
def directions_command(**given: Any) -> int:
    """Find the directions in which the pictures of a trained RUN change most.

    No labels are needed. They are kept in the RUN with a sheet that shows each from -3 to 3; look
    at it, give them names, and move along them with artgan sample --move.

    \b
    Examples:
      artgan directions runs/dcgan-001
      artgan directions runs/dcgan-001 --name 0=tilt --name 3=weight
      artgan sample runs/dcgan-001 --seeds 1 --move tilt=2
    """
    from artgan.core.sample import parse_seeds
    from artgan.run import load_run
    from artgan.sheets.direction_sheet import direction_sheet

    load_plugin_files(given["plugin"])
    run = load_run(given["run"])
    sheet = run.path / "directions.png"
    label = read_label(run, given["label"])
    with waiting("looking", hidden=given["quiet"] or given["as_json"]):
        found = _renamed(run, given["name"]) if given["name"] else _found(run, given)
        direction_sheet(run, found, sheet, parse_seeds(given["seeds"]), label)
    if given["as_json"]:
        click.echo(json.dumps({"names": list(found.names), "sheet": str(sheet)}))
    elif not given["quiet"]:
        say(f"{len(found.names)} directions: {', '.join(found.names)}")
        say(f"Look at {sheet}")
    return 0


def _found(run: Any, given: dict[str, Any]) -> Any:
    return run.find_directions(given["count"], method=given["method"])


def _renamed(run: Any, names: tuple[str, ...]) -> Any:
    from artgan.latents.directions import read_directions, write_directions

    found = read_directions(run.path, run.checkpoint.sha256)
    for text in names:
        old, equals, new = text.partition("=")
        if not equals:
            raise OptionError(f"--name {text} does not fit; expected OLD=NEW, as in 0=tilt")
        found = found.renamed(old.strip(), new.strip())
    write_directions(run.path, found)
    return found
