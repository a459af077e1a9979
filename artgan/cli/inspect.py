"""``artgan inspect``."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.dynamic import DatasetCommand, read_tables
from artgan.cli.output import CHANNELS, Output, count_of, waiting

if TYPE_CHECKING:
    from artgan.planning.inspect import Inspection

MOST_ROWS = 12
"""Rows of a table that are printed."""


@click.command("inspect", cls=DatasetCommand)
@click.argument("dataset", metavar="PATH")
@click.option("--size", help="Side in pixels, or 96x64 (wide x high).")
@flags.out("Contact sheet, a PNG.")
@flags.overwrite
@flags.plugin
@flags.json_output
def inspect_command(dataset: str, output: Output, **given: Any) -> None:
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

    asked = read_tables(given).get("dataset", {})
    entry, path, options = choose_dataset(default_registry(), dataset, options=asked)
    size = parse_size(given["size"]) if given["size"] else None
    source = entry.load("open")(options, DataContext(size=size, cache=cache_folder(), path=path))
    with waiting("reading pictures", hidden=output.hidden):
        facts = inspect_source(source)
    stem = path.stem if path else entry.declaration.name
    sheet = given["out"] or Path(f"inspect-{stem}.png")
    output.result({**asdict(facts), "sheet": str(sheet)}, *_lines(facts), indent=1)
    save_contact_sheet(source, sheet, given["overwrite"])
    output.say(f"Sheet: {sheet}")


def _lines(facts: "Inspection") -> Iterator[str]:
    """Yield what was found, line by line."""
    size, colour = f"{facts.width}x{facts.height}", CHANNELS[facts.channels]
    yield f"{count_of(facts.usable, 'picture')}, trained on as {size}, {colour}"
    yield facts.sentence
    yield from _table("Sizes", facts.sizes)
    yield from _table("Modes", facts.modes)
    yield from _table("Formats", facts.formats)
    yield from _table("Labels", facts.labels)
    yield from _table("Odd, but used", facts.notes)
    yield from _table("Skipped", facts.skipped)
    if facts.duplicates:
        yield f"Copies of others: {', '.join(facts.duplicates[:10])}"


def _table(title: str, rows: Mapping[str, Any]) -> Iterator[str]:
    if not rows:
        return
    yield f"{title}:"
    for name, value in list(rows.items())[:MOST_ROWS]:
        yield f"  {name}: {value}"
    if len(rows) > MOST_ROWS:
        yield f"  and {len(rows) - MOST_ROWS} more"
