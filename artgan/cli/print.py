"""``artgan print``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.bar import bar, share_bar
from artgan.cli.output import Output
from artgan.cli.paper import background_flag, margin_flag, paper_flag, read_sheet, sheet_flags

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet


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

    sheet, files = _sheet(given), given_pictures(pictures, given["only"])
    ending = ".pdf" if len(files) > 1 else ".png"
    path = given["out"] or Path(f"{files[0].stem}-print{ending}")
    if path.suffix.lower() == ".pdf":
        _print_pages(files, sheet, path, given, output.hidden)
    else:
        _print_one(files, sheet, path, given, output.hidden)
    width, height = sheet.size
    output.result(
        {"file": str(path), "width": width, "height": height},
        f"{path}: {width} x {height} pixels, {sheet.width:.0f} x {sheet.height:.0f} mm trimmed",
    )


def _print_pages(
    files: list[Path], sheet: "Sheet", path: Path, given: Mapping[str, Any], hidden: bool
) -> None:
    """Write a PDF: a page for each picture, or with --each as many as fit on one."""
    from artgan.printing.pdf import PdfLayout, write_pdf

    captions, each = given["captions"], given["each"]
    if captions and len(captions) != len(files):
        raise click.UsageError(f"{len(captions)} captions for {len(files)} pictures.")
    layout = PdfLayout(sheet, captions)
    if each:
        layout = PdfLayout(_sheet(given, each), captions, page=sheet)
    with bar(len(files), "page", hidden=hidden) as reach:
        write_pdf(files, layout, path, overwrite=given["overwrite"], show=reach)


def _print_one(
    files: list[Path], sheet: "Sheet", path: Path, given: Mapping[str, Any], hidden: bool
) -> None:
    from artgan.printing.raster import print_picture

    if len(files) > 1 or given["captions"] or given["each"]:
        raise click.UsageError(
            "Several pictures, --each and --caption need a --out that ends in .pdf."
        )
    recorded, overwrite = not given["no_record"], given["overwrite"]
    with share_bar("sheet", hidden=hidden) as show:
        print_picture(files[0], sheet, path, recorded=recorded, overwrite=overwrite, show=show)


def _sheet(given: Mapping[str, Any], each: str | None = None) -> "Sheet":
    """Return the paper, or the part of it that each picture gets."""
    more: dict[str, Any] = {name: given[name] for name in ("fit", "margin", "across", "method")}
    if each is not None:
        plain = {"landscape": False, "bleed": 0, "marks": False}
        given, more = {**given, **plain, "paper": each}, {**more, "margin": 0}
    return read_sheet(given, paper=given["background"], **more)
