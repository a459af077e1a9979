"""``artgan styles`` and ``artgan matrix``: look books."""

import math
import sys
from pathlib import Path

import click

from artgan.cli.main import say

picture_argument = click.argument("picture", type=click.Path(path_type=Path))
seed_option = click.option("--seed", type=click.IntRange(0), default=0, help="Key of the chance.")


@click.command("styles")
@click.option(
    "--preview", required=True, type=click.Path(path_type=Path), help="Picture to show them on."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("styles.html"), help="Page to write."
)
@click.option(
    "--size",
    type=click.IntRange(64, 4096),
    default=640,
    help="Longer side of each picture in pixels; small ones make a small page.",
)
@seed_option
def styles_command(preview: Path, out: Path, size: int, seed: int) -> None:
    """Show every style on your own picture, as one page.

    \b
    Examples:
      artgan styles --preview photo.jpg
      artgan styles --preview photo.jpg --out looks.html
    """
    from artgan.core.lookbook import style_page
    from artgan.core.paths import write_text
    from artgan.core.pictures import read_picture
    from artgan.core.registry import default_registry

    registry = default_registry()
    picture, count = read_picture(preview), len(registry.entries("style"))
    with click.progressbar(length=count, label="Styles", file=sys.stderr) as bar:
        page = style_page(
            picture, preview.name, registry, seed=seed, side=size, show=lambda _: bar.update(1)
        )
    write_text(out, page)
    say(f"{count} styles in {out}")


@click.command("matrix")
@picture_argument
@click.option("--style", required=True, help="Style whose knobs are turned.")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    help="knob=value,value or knob=low..high..step: across, then down.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("matrix.png"), help="PNG to write."
)
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@seed_option
def matrix_command(
    picture: Path, style: str, vary: tuple[str, ...], out: Path, overwrite: bool, seed: int
) -> None:
    """Turn one or two knobs of a style on a PICTURE, in a labelled grid.

    \b
    Examples:
      artgan matrix photo.jpg --style neon --vary glow=0.1,0.5,0.9
      artgan matrix photo.jpg --style neon --vary glow=0..3..0.5
      artgan matrix photo.jpg --style neon --vary glow=0,1,2 --vary palette=neon,ember
    """
    from artgan.core.lookbook import matrix, parse_axis
    from artgan.core.pictures import read_picture, save_png
    from artgan.core.registry import default_registry

    axes = [parse_axis(text) for text in vary]
    shown, cells = read_picture(picture), math.prod(len(values) for _, values in axes)
    with click.progressbar(length=cells, label="Cells", file=sys.stderr) as bar:
        sheet = matrix(
            shown, style, axes, default_registry(), seed=seed, show=lambda: bar.update(1)
        )
    save_png(sheet, out, overwrite=overwrite)
    say(f"{sheet.width}x{sheet.height} pixels in {out}")
