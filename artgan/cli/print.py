"""``artgan print``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import bar, share_bar
from artgan.cli.flags import only_flag, record_flag
from artgan.cli.main import say
from artgan.cli.sheets import read_sheet, sheet_flags

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet


@click.command("print")
@click.argument(
    "named", metavar="PICTURES...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@only_flag
@click.option("--print", "--paper", "paper", default="a4", show_default=True,
              help="Paper: A0 to A6, letter, card, square ..., or 30x40cm, 8x10in.")  # fmt: skip
@sheet_flags
@click.option(
    "--fit",
    type=click.Choice(["fill", "inside", "tile"]),
    default="fill",
    show_default=True,
    help="Cover the paper, keep the whole picture, or repeat it.",
)
@click.option("--across", type=click.FloatRange(0.1, 1000), default=4, show_default=True,
              help="With --fit tile: repeats side by side.")  # fmt: skip
@click.option("--margin", type=click.FloatRange(0), default=0, help="Bare paper inside, in mm.")
@click.option("--background", default="#ffffff", show_default=True, help="Colour of the paper.")
@click.option("--method", type=click.Choice(["auto", "smooth", "lanczos", "nearest"]),
              default="auto", show_default=True, help="How pictures are enlarged.")  # fmt: skip
@click.option("--each", help="PDF: many on a page, each of this size: poker, tarot, 5x5cm ...")
@click.option("--caption", "captions", multiple=True, help="PDF: a line for each picture.")
@click.option("--out", type=click.Path(path_type=Path), help="A .png, .tif or .pdf file.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@record_flag
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def print_command(named: tuple[Path, ...], out: Path | None, **given: Any) -> int:
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
    from artgan.printing.pdf import write_pdf
    from artgan.printing.raster import print_picture

    sheet, pictures = _sheet(given), given_pictures(named, given["only"])
    path = out or Path(f"{pictures[0].stem}-print").with_suffix(
        ".pdf" if len(pictures) > 1 else ".png"
    )
    captions, overwrite = list(given["captions"]), given["overwrite"]
    quiet = given["quiet"] or given["as_json"]
    if path.suffix.lower() == ".pdf":
        if captions and len(captions) != len(pictures):
            raise click.UsageError(f"{len(captions)} captions for {len(pictures)} pictures.")
        each, page = (_sheet(given, given["each"]), sheet) if given["each"] else (sheet, None)
        with bar(len(pictures), "page", hidden=quiet) as reach:
            write_pdf(
                pictures, each, path, captions=captions, page=page, overwrite=overwrite, show=reach
            )
    else:
        if len(pictures) > 1 or captions or given["each"]:
            raise click.UsageError(
                "Several pictures, --each and --caption need a --out that ends in .pdf."
            )
        recorded = not given["no_record"]
        with share_bar("sheet", hidden=quiet) as show:
            print_picture(
                pictures[0], sheet, path, recorded=recorded, overwrite=overwrite, show=show
            )
    width, height = sheet.size
    if given["as_json"]:
        click.echo(json.dumps({"file": str(path), "width": width, "height": height}))
    elif not given["quiet"]:
        say(f"{path}: {width} x {height} pixels, {sheet.width:.0f} x {sheet.height:.0f} mm trimmed")
    return 0


def _sheet(given: dict[str, Any], each: str | None = None) -> "Sheet":
    """Give the paper, or the part of it that each picture gets."""
    more: dict[str, Any] = {name: given[name] for name in ("fit", "margin", "across", "method")}
    if each is not None:
        plain = {"landscape": False, "bleed": 0, "marks": False}
        given, more = {**given, **plain, "paper": each}, {**more, "margin": 0}
    return read_sheet(given, paper=given["background"], **more)
