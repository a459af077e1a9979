"""``artgan canvas``."""

from pathlib import Path
from typing import Any

import click

from artgan.cli.bar import share_bar
from artgan.cli.flags import record_flag
from artgan.cli.main import say
from artgan.cli.sheets import read_sheet, sheet_flags
from artgan.cli.steering import label_flag, read_label


@click.command("canvas")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--size", help="Side in pixels, or 4000x3000: wide x high.  [default: 2048]")
@click.option("--print", "--paper", "paper", help="Paper in place of pixels: A2, 50x70cm ...")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="A canvas each.")
@label_flag("Class.  [default: drawn by the seed]")
@click.option("--tile", is_flag=True, help="Edges continue at the other side.")
@sheet_flags
@click.option("--out", type=click.Path(path_type=Path), help="A .png or .tif file.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@record_flag
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def canvas_command(run: Path, **given: Any) -> None:
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
    from artgan.printing.canvas import open_canvas, write_canvas
    from artgan.run import load_run

    if given["size"] and given["paper"]:
        raise click.UsageError("--size and --print both say how large; expected one of them.")
    pixels = None if given["paper"] else parse_size(given["size"] or "2048")
    sheet, trained = read_sheet(given, pixels), load_run(run)
    path = given["out"] or Path(f"{run.name}-canvas-s{given['seed']:05d}.png")
    label, size = read_label(trained, given["label"]), (sheet.trim[1], sheet.trim[0])
    canvas = open_canvas(trained, given["seed"], size, label=label, repeats=given["tile"])
    with share_bar("canvas", hidden=given["quiet"]) as show:
        write_canvas(
            canvas,
            path,
            sheet=sheet,
            overwrite=given["overwrite"],
            recorded=not given["no_record"],
            show=show,
        )
    if not given["quiet"]:
        say(f"{path}: {sheet.size[0]} x {sheet.size[1]} pixels")
