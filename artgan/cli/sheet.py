"""``artgan sheet``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.flags import only_flag
from artgan.cli.main import say


@click.command("sheet")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@only_flag
@click.option("--cell", help="Side in pixels, or 32x48: wide x high.  [default: the largest's]")
@click.option("--columns", type=click.IntRange(1), help="Side by side.  [default: as many as rows]")
@click.option("--gap", type=click.IntRange(0), default=0, show_default=True, help="Pixels between.")
@click.option("--edge", type=click.IntRange(0), help="Pixels around all.  [default: the gap]")
@click.option("--background", default="clear", show_default=True, help="Colour as hex, or clear.")
@click.option("--atlas", is_flag=True, help="Also write a .json that game engines read.")
@click.option("--fps", type=click.FloatRange(0.1, 1000), help="With --atlas: frames of animation.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("sheet.png"),
              show_default=True, help="A .png, .webp, .jpg or .tiff file.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace files that differ.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def sheet_command(pictures: tuple[Path, ...], out: Path, **given: Any) -> None:
    """Lay PICTURES, or those of folders, out in equal cells on one sheet.

    Small pictures grow by whole factors and keep their pixels square. With --cell of their own
    size they are copied pixel by pixel, cut-outs as cut-outs: a sprite sheet.

    \b
    Examples:
      artgan sheet cards --columns 8 --gap 8 --background 0c0c10 --out all-cards.png
      artgan sheet sprites --only star --cell 32 --columns 8 --atlas --out sprites.png
      artgan sheet frames --columns 12 --atlas --fps 12 --out walk.png
    """
    from artgan.core.config import parse_size
    from artgan.curation.choices import given_pictures
    from artgan.sheets.grid import Grid, write_sheet_of

    if given["fps"] and not given["atlas"]:
        raise click.UsageError("--fps stands in the .json, so it needs --atlas.")
    # A size is read as height and width.
    cell = parse_size(given["cell"])[::-1] if given["cell"] else None
    files = given_pictures(pictures, given["only"])
    grid = Grid(
        cell=(cell[0], cell[1]) if cell else None,
        columns=given["columns"] or 0,
        gap=given["gap"],
        edge=given["edge"],
        background=given["background"],
    )
    written = write_sheet_of(
        files, out, grid, atlas=given["atlas"], fps=given["fps"], overwrite=given["overwrite"]
    )
    if given["as_json"]:
        click.echo(json.dumps({"files": [str(path) for path in written], "cells": len(files)}))
    elif not given["quiet"]:
        say(f"{len(files)} pictures: {' and '.join(str(path) for path in written)}")
