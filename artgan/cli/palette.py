"""``artgan palette``: extract, show, convert, make, sort and check."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import say

if TYPE_CHECKING:
    from artgan.palettes.colormaps import Credit
    from artgan.plugin.color import FloatArray

MOST_PAIRS = 6
"""Pairs of colours that are told of."""

HARMONIES = ("complementary", "analogous", "triadic", "tetradic", "split", "shades")

palette_argument = click.argument("palette")
file_flags = flags.group(
    flags.out("File: .hex, .gpl, .ase, .css, .png ...; see: artgan list palette-format."),
    flags.overwrite,
    flags.no_mark,
)
"""What ``_write_or_show`` reads."""


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
@click.argument("picture", type=flags.PATH)
@click.option("--colors", type=click.IntRange(2, 256), default=8, help="How many.")
@click.option(
    "--accents/--no-accents", default=True, help="Keep small vivid colours, such as a red scarf."
)
@file_flags
def extract_command(picture: Path, colors: int, accents: bool, **given: Any) -> None:
    """Find the main colours of a PICTURE, and its accents."""
    from artgan.palettes.read import picture_palette

    _write_or_show(picture_palette(picture, colors, accents=accents), given)


@palette_command.command("show")
@palette_argument
@file_flags
@flags.plugin
def show_command(palette: str, **given: Any) -> None:
    """Show a PALETTE, and whose it is.

    PALETTE is a name, colours as in 07051a,ff4fa3, a palette file, a picture, or a colormap as in
    cmap:viridis (the extra artgan[colormaps]); cmap:viridis:12 are twelve colours of it.
    """
    colors, credit = _find(palette)
    if given["out"] is not None:
        _write_or_show(colors, given, credit)
    _show(colors)
    if credit.line:
        # Beside the colours, so that these can be piped on.
        say(f"Credit: {credit.line}", err=True)


@palette_command.command("convert")
@palette_argument
@click.argument("out", type=flags.PATH)
@flags.overwrite
@flags.no_mark
@flags.plugin
def convert_command(palette: str, **given: Any) -> None:
    """Write a PALETTE in another tool's format, by the ending of OUT."""
    colors, credit = _find(palette)
    _write_or_show(colors, given, credit)


@palette_command.command("make")
@click.argument("color")
@click.option(
    "--harmony",
    type=click.Choice(HARMONIES, case_sensitive=False),
    default="analogous",
    show_default=True,
    help="How the hues relate to each other.",
)
@click.option("--colors", type=click.IntRange(2, 64), default=6, help="How many.")
@click.option(
    "--hue-shift",
    type=click.FloatRange(-180, 180),
    default=0,
    help="Degrees that the hue turns from dark to light; lights lean to yellow.",
)
@file_flags
def make_command(color: str, harmony: str, colors: int, hue_shift: float, **given: Any) -> None:
    """Make a palette around a COLOR, such as ff4fa3.

    \b
    Examples:
      artgan palette make ff4fa3 --harmony triadic --out triad.hex
      artgan palette make 2e9a3c --harmony shades --hue-shift 60 --out leaves.gpl
    """
    from artgan.palettes.harmony import harmonize

    _write_or_show(harmonize(color, harmony, colors, hue_shift), given)


@palette_command.command("sort")
@palette_argument
@flags.choice("--by", ("lightness", "hue", "chroma", "smooth"), "Order; smooth: small steps.")
@file_flags
@flags.plugin
def sort_command(palette: str, by: str, **given: Any) -> None:
    """Put a PALETTE in order."""
    from artgan.palettes.harmony import sort_colors

    colors, credit = _find(palette)
    _write_or_show(sort_colors(colors, by), given, credit)


@palette_command.command("check")
@palette_argument
@flags.plugin
def check_command(palette: str) -> None:
    """Check how well the colours of a PALETTE differ, for colour-blind readers too."""
    from artgan.palettes.harmony import check_colors
    from artgan.palettes.vision import confusions

    colors = _find(palette)[0]
    facts = check_colors(colors)
    say(count_of(facts.count, "colour"))
    say(f"strongest contrast {facts.contrast:.1f}:1 ({' on '.join(facts.strongest)})")
    say(f"nearest two colours are {facts.nearest:.3f} apart in OKLab ({' and '.join(facts.pair)})")
    if facts.contrast < 4.5:
        say("Too little for text: WCAG asks for 4.5:1.")
    if facts.nearest < 0.02:
        say("Those two can hardly be told apart: below 0.02.")
    mixed_up = confusions(colors)
    for one in mixed_up[:MOST_PAIRS]:
        say(f"with {one.vision}, {' and '.join(one.pair)} look alike: {one.apart:.3f} apart")
    if len(mixed_up) > MOST_PAIRS:
        say(f"and {count_of(len(mixed_up) - MOST_PAIRS, 'pair')} more")
    if not mixed_up:
        say("Colour-blind readers can tell them apart as others can.")


def _find(palette: str) -> "tuple[FloatArray, Credit]":
    """Return the colours of a palette, and whose they are."""
    from artgan.palettes.find import find_palette, palette_credit
    from artgan.plugin_manager.load import default_registry

    registry = default_registry()
    colors = find_palette(palette, registry, note=lambda text: say(f"Note: {text}.", err=True))
    return colors, palette_credit(palette, registry)


def _write_or_show(
    colors: "FloatArray", given: Mapping[str, Any], credit: "Credit | None" = None
) -> None:
    from artgan.palettes.formats import NOBODY, write_palette

    out, keep_mark = given["out"], not given["no_mark"]
    if out is None:
        _show(colors)
        return
    more = {"overwrite": given["overwrite"], "keep_mark": keep_mark}
    write_palette(colors, out, credit=credit or NOBODY, **more)
    say(f"{count_of(len(colors), 'colour')} in {out}")


def _show(colors: "FloatArray") -> None:
    """Print each colour with a swatch, on a terminal with its name."""
    from artgan.palettes.names import color_name
    from artgan.plugin.color import to_hex

    # Elsewhere the colours alone are piped on.
    named = sys.stdout.isatty()
    for color in to_hex(colors):
        name = f"  {color_name(color)}" if named else ""
        red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
        # click drops the swatch where the output is not a terminal.
        click.echo(click.style("      ", bg=(red, green, blue)) + f"  {color}{name}")
