"""``artgan canvas``."""

from pathlib import Path

import click

from artgan.cli.main import say
from artgan.cli.steering import label_flag, read_label


@click.command("canvas")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--size", default="2048", show_default=True, help="Side, or 4000x3000: wide x high.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="A canvas each.")
@label_flag("Class.  [default: drawn by the seed]")
@click.option("--tile", is_flag=True, help="Edges continue at the other side.")
@click.option("--dpi", type=click.FloatRange(1, 4800), default=300, show_default=True,
              help="Pixels per inch, for print.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="A .png or .tif file.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--no-record", is_flag=True, help="Leave out what made it.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def canvas_command(
    run: Path,
    size: str,
    seed: int,
    label: str | None,
    tile: bool,
    dpi: float,
    out: Path | None,
    overwrite: bool,
    no_record: bool,
    quiet: bool,
) -> None:
    """Fill a canvas of any size from a RUN of the architecture texture.

    It is made and written strip by strip, in little memory. A larger canvas of the same seed holds
    the smaller one in its upper left corner.

    \b
    Examples:
      artgan canvas runs/texture-001 --size 4000x3000 --out ground.png
      artgan canvas runs/texture-001 --size 1024 --tile --out cloth.png
    """
    from artgan.core.canvas import open_canvas, write_canvas
    from artgan.core.config import parse_size
    from artgan.core.run import load_run

    path = out or Path(f"{run.name}-canvas-s{seed:05d}.png")
    trained = load_run(run)
    canvas = open_canvas(
        trained, seed, parse_size(size), label=read_label(trained, label), repeats=tile
    )
    with click.progressbar(length=1000, label="Canvas", hidden=quiet) as bar:
        write_canvas(
            canvas,
            path,
            dpi=dpi,
            overwrite=overwrite,
            recorded=not no_record,
            show=lambda share: bar.update(int(share * 1000) - bar.pos),
        )
    if not quiet:
        say(f"{path}: {canvas.width} x {canvas.height} pixels")
