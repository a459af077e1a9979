"""``artgan palette``: extract, show, convert, make, sort and check."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.palettes.colormaps import Credit
    from artgan.plugin.color import FloatArray

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File: .hex, .gpl, .ase, .act, .pal, .txt, .toml or .png.",
)
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace a file that differs.")


@click.group("palette")
def palette_command() -> None:
    """Take palettes out of pictures, look at them, and bring them to other tools.

    \b
    Examples:
      artgan palette extract photo.jpg --colors 8 --out photo.gpl
      artgan palette show gameboy
      artgan palette convert cmap:crameri:batlow:12 batlow.gpl
      artgan palette make ff4fa3 --harmony triadic --out mine.toml
    """


@palette_command.command("extract")
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--colors", type=click.IntRange(2, 256), default=8, help="How many.")
@out_option
@overwrite_option
def extract_command(picture: Path, colors: int, out: Path | None, overwrite: bool) -> None:
    """Find the colours that stand for a PICTURE."""
    from artgan.palettes.read import picture_palette

    _give(picture_palette(picture, colors), out, overwrite)


@palette_command.command("show")
@click.argument("palette")
@out_option
@overwrite_option
def show_command(palette: str, out: Path | None, overwrite: bool) -> None:
    """Show a PALETTE, and tell whose it is.

    PALETTE is a name, colours as in 07051a,ff4fa3, a palette file, a picture, or a colormap as in
    cmap:viridis (the extra artgan[colormaps]); cmap:viridis:12 are twelve colours of it.
    """
    credit = _credit(palette)
    _give(_find(palette), out, overwrite, credit, show=True)
    if credit.line:
        # Beside the colours, so that these can be piped on.
        click.echo(f"Credit: {credit.line}", err=True)


@palette_command.command("convert")
@click.argument("palette")
@click.argument("out", type=click.Path(path_type=Path))
@overwrite_option
def convert_command(palette: str, out: Path, overwrite: bool) -> None:
    """Write a PALETTE in another tool's format, by the ending of OUT."""
    _give(_find(palette), out, overwrite, _credit(palette))


@palette_command.command("make")
@click.argument("color")
@click.option(
    "--harmony",
    type=click.Choice(
        ["complementary", "analogous", "triadic", "tetradic", "split", "shades"], False
    ),
    default="analogous",
    help="How the hues stand to each other.",
)
@click.option("--colors", type=click.IntRange(2, 64), default=6, help="How many.")
@out_option
@overwrite_option
def make_command(color: str, harmony: str, colors: int, out: Path | None, overwrite: bool) -> None:
    """Make a palette around a COLOR, such as ff4fa3."""
    from artgan.palettes.harmony import harmonize

    _give(harmonize(color, harmony, colors), out, overwrite)


@palette_command.command("sort")
@click.argument("palette")
@click.option(
    "--by", type=click.Choice(["lightness", "hue", "chroma"]), default="lightness", help="Order."
)
@out_option
@overwrite_option
def sort_command(palette: str, by: str, out: Path | None, overwrite: bool) -> None:
    """Put a PALETTE in order."""
    from artgan.palettes.harmony import sort_colors

    _give(sort_colors(_find(palette), by), out, overwrite, _credit(palette))


@palette_command.command("check")
@click.argument("palette")
def check_command(palette: str) -> None:
    """Tell how well the colours of a PALETTE stand apart."""
    from artgan.palettes.harmony import check_colors

    facts = check_colors(_find(palette))
    say(f"{facts.count} colours")
    say(f"strongest contrast {facts.contrast:.1f}:1 ({' on '.join(facts.strongest)})")
    say(f"nearest two colours are {facts.nearest:.3f} apart in OKLab ({' and '.join(facts.pair)})")
    if facts.contrast < 4.5:
        say("Too little for text: WCAG asks for 4.5:1.")
    if facts.nearest < 0.02:
        say("Those two can hardly be told apart: below 0.02.")


def _find(palette: str) -> "FloatArray":
    from artgan.palettes.find import find_palette
    from artgan.plugin_manager.load import default_registry

    return find_palette(
        palette, default_registry(), note=lambda text: click.echo(f"Note: {text}.", err=True)
    )


def _credit(palette: str) -> "Credit":
    from artgan.palettes.find import palette_credit
    from artgan.plugin_manager.load import default_registry

    return palette_credit(palette, default_registry())


def _give(
    colors: "FloatArray",
    out: Path | None,
    overwrite: bool,
    credit: "Credit | None" = None,
    *,
    show: bool = False,
) -> None:
    from artgan.palettes.formats import NOBODY, write_palette
    from artgan.plugin.color import to_hex

    if out is not None:
        write_palette(colors, out, overwrite=overwrite, credit=credit or NOBODY)
        say(f"{len(colors)} colours in {out}")
    if out is None or show:
        for color in to_hex(colors):
            red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
            # click drops the swatch where the output is not a terminal.
            say(click.style("      ", bg=(red, green, blue)) + f"  {color}")
