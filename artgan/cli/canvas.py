"""``artgan canvas``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import share_bar
from artgan.cli.output import Output
from artgan.cli.paper import paper_flag, read_sheet, sheet_flags
from artgan.cli.steering import label_flag, read_label


@click.command("canvas")
@flags.run
@click.option("--size", help="Side in pixels, or 4000x3000 (wide x high).  [default: 2048]")
@paper_flag("Paper instead of pixels: A2, 50x70cm ...")
@flags.seed("Random seed; each gives another canvas.")
@label_flag("Class.  [default: drawn by the seed]")
@click.option("--tile", is_flag=True, help="Make a canvas that repeats without a seam.")
@sheet_flags
@flags.out("A .png or .tif file.")
@flags.overwrite
@flags.no_record
@flags.plugin
@flags.output
def canvas_command(run: "artgan.Run", output: Output, **given: Any) -> None:
    """Fill a canvas of any size from a RUN of the architecture texture.

    It is made and written strip by strip, in little memory. A larger canvas of the same seed holds
    the smaller one in its upper left corner. Bleed is made like the rest, not mirrored.

    \b
    Examples:
      artgan canvas runs/texture-001 --size 4000x3000 --out ground.png
      artgan canvas runs/texture-001 --size 1024 --tile --out cloth.png
      artgan canvas runs/texture-001 --print A2 --dpi 200 --bleed 3 --marks --out poster.png
    """
    from artgan.core.config import parse_size
    from artgan.printing.canvas import canvas_record, open_canvas, write_canvas

    if given["size"] and given["paper"]:
        raise click.UsageError("--size and --print both set the size; expected one of them.")
    pixels = None if given["paper"] else parse_size(given["size"] or "2048")
    sheet = read_sheet(given, pixels)
    path = given["out"] or Path(f"{run.path.name}-canvas-s{given['seed']:05d}.png")
    label, size = read_label(run, given["label"]), (sheet.trim[1], sheet.trim[0])
    canvas = open_canvas(run, given["seed"], size, label=label, repeats=given["tile"])
    with share_bar("canvas", hidden=output.hidden) as show:
        write_canvas(
            canvas,
            path,
            sheet=sheet,
            record=None if given["no_record"] else canvas_record(canvas, sheet),
            overwrite=given["overwrite"],
            show=show,
        )
    width, height = sheet.size
    output.result(
        {"file": str(path), "width": width, "height": height},
        f"{path}: {width} x {height} pixels",
    )
