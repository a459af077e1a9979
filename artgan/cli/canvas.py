"""``artgan canvas``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import share_bar
from artgan.cli.output import Output
from artgan.cli.paper import paper_flag, sheet_flags, sheet_settings
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
    from artgan.printing.paper import make_sheet

    if given["size"] and given["paper"]:
        raise click.UsageError("--size and --print both set the size; expected one of them.")
    path = given["out"] or Path(f"{run.path.name}-canvas-s{given['seed']:05d}.png")
    layout = sheet_settings(given)
    with share_bar("canvas", hidden=output.hidden) as show:
        artgan.canvas(
            run,
            path,
            label=read_label(run, given["label"]),
            keep_record=not given["no_record"],
            show=show,
            **{name: given[name] for name in ("size", "paper", "seed", "tile", "overwrite")},
            **layout,
        )
    paper = given["paper"] or parse_size(given["size"] or 2048)
    width, height = make_sheet(paper, layout.pop("dpi"), **layout).size
    output.result(
        {"file": str(path), "width": width, "height": height}, f"{path}: {width} x {height} pixels"
    )
