"""``artgan inspect``."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import waiting
from artgan.cli.flags import DatasetFlags, collect
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.planning.inspect import Inspection


@click.command("inspect", cls=DatasetFlags)
@click.argument("dataset", metavar="PATH")
@click.option("--size", help="Side in pixels, or 96x64 (wide x high).")
@click.option("--out", type=click.Path(path_type=Path), help="Contact sheet, a PNG.")
@click.option("--overwrite", is_flag=True, help="Replace a sheet that differs.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def inspect_command(**given: Any) -> None:
    """Look at the pictures at PATH before training: what is odd, and what will be done with it.

    \b
    Examples:
      artgan inspect ./my-pictures
      artgan inspect ./my-pictures --size 64 --dataset.background ffffff
    """
    from artgan.base.paths import cache_folder
    from artgan.core.config import parse_size
    from artgan.core.datasets import choose_dataset
    from artgan.planning.inspect import inspect_source, save_contact_sheet
    from artgan.plugin import DataContext
    from artgan.plugin_manager.load import default_registry

    asked = collect(given).get("dataset", {})
    entry, path, options = choose_dataset(default_registry(), given["dataset"], options=asked)
    size = parse_size(given["size"]) if given["size"] else None
    source = entry.load("open")(options, DataContext(size=size, cache=cache_folder(), path=path))
    with waiting("looking", hidden=given["as_json"]):
        facts = inspect_source(source)
    stem = path.stem if path else entry.declaration.name
    sheet = given["out"] or Path(f"inspect-{stem}.png")
    if given["as_json"]:
        click.echo(json.dumps({**asdict(facts), "sheet": str(sheet)}, indent=1))
    else:
        _print(facts)
    save_contact_sheet(source, sheet, given["overwrite"])
    if not given["as_json"]:
        say(f"Sheet: {sheet}")


def _print(facts: "Inspection") -> None:
    kind = {1: "grey", 3: "colour", 4: "colour with alpha"}[facts.channels]
    say(f"{facts.usable} pictures, trained on as {facts.width}x{facts.height}, {kind}")
    say(facts.sentence)
    _table("Sizes", facts.sizes)
    _table("Modes", facts.modes)
    _table("Formats", facts.formats)
    _table("Labels", facts.labels)
    _table("Odd, but used", facts.notes)
    _table("Skipped", facts.skipped)
    if facts.duplicates:
        say(f"Copies of others: {', '.join(facts.duplicates[:10])}")


def _table(title: str, rows: Mapping[str, Any], most: int = 12) -> None:
    if not rows:
        return
    say(f"{title}:")
    for name, value in list(rows.items())[:most]:
        say(f"  {name}: {value}")
    if len(rows) > most:
        say(f"  and {len(rows) - most} more")
