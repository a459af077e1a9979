"""``artgan print``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import share_bar
from artgan.cli.output import Output
from artgan.cli.paper import background_flag, margin_flag, paper_flag, sheet_flags, sheet_settings

LAYOUT = ("fit", "margin", "across", "method")
"""Fields of the sheet that have a flag here alone."""


@click.command("print")
@flags.pictures
@flags.only
@paper_flag(
    "A0 to A6, letter, card, square ..., or 30x40cm, 8x10in.", default="a4", show_default=True
)
@sheet_flags
@flags.choice(
    "--fit", ("fill", "inside", "tile"), "Cover the paper, keep the whole picture, or repeat it."
)
@click.option(
    "--across",
    type=click.FloatRange(0.1, 1000),
    default=4,
    show_default=True,
    help="With --fit tile: repeats side by side.",
)
@margin_flag(0)
@background_flag
@flags.choice("--method", ("auto", "smooth", "lanczos", "nearest"), "How pictures are enlarged.")
@click.option("--each", help="PDF: many on a page, each of this size: poker, tarot, 5x5cm ...")
@click.option("--caption", "captions", multiple=True, help="PDF: caption, one for each picture.")
@flags.out("A .png, .tif or .pdf file.")
@flags.overwrite
@flags.no_record
@flags.output
def print_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> None:
    """Make PICTURES, or those of folders, ready for paper: size, bleed, crop marks, colour profile.

    A sheet is made strip by strip: a poster needs little memory. Several pictures make a PDF, one
    page each. TIFF needs the extra artgan[print].

    \b
    Examples:
      artgan print cards/s00003-neon.png --print A2 --dpi 200 --out poster.png
      artgan print tile.png --paper 50x70cm --fit tile --across 6 --bleed 3 --marks
      artgan print cards --only star --paper a4 --each poker --out deck.pdf
    """
    from artgan.curation.choices import given_pictures
    from artgan.printing.paper import make_sheet

    files = given_pictures(pictures, given["only"])
    ending = ".pdf" if len(files) > 1 else ".png"
    path = given["out"] or Path(f"{files[0].stem}-print{ending}")
    layout = sheet_settings(given) | {name: given[name] for name in LAYOUT}
    with share_bar("sheet", hidden=output.hidden) as show:
        artgan.print_picture(
            files,
            path,
            given["paper"],
            keep_record=not given["no_record"],
            show=show,
            **{name: given[name] for name in ("background", "each", "captions", "overwrite")},
            **layout,
        )
    sheet = make_sheet(given["paper"], layout.pop("dpi"), **layout)
    width, height = sheet.size
    output.result(
        {"file": str(path), "width": width, "height": height},
        f"{path}: {width} x {height} pixels, {sheet.width:.0f} x {sheet.height:.0f} mm trimmed",
    )
