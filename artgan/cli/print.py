"""``artgan print``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.flags import only_flag
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.core.printing import Sheet


@click.command("print")
@click.argument(
    "named", metavar="PICTURES...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@only_flag
@click.option("--print", "--paper", "paper", default="a4", show_default=True,
              help="Paper: A0 to A6, letter, card, square ..., or 30x40cm, 8x10in.")  # fmt: skip
@click.option("--landscape", is_flag=True, help="The longer side lies.")
@click.option("--dpi", type=float, default=300, show_default=True, help="Pixels per inch.")
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
@click.option("--bleed", type=click.FloatRange(0, 50), default=0, help="Picture to cut off, in mm.")
@click.option("--marks", is_flag=True, help="Crop marks outside the bleed.")
@click.option("--background", default="#ffffff", show_default=True, help="Colour of the paper.")
@click.option("--method", type=click.Choice(["auto", "smooth", "lanczos", "nearest"]),
              default="auto", show_default=True, help="How pictures are enlarged.")  # fmt: skip
@click.option("--bits", type=click.Choice(["8", "16"]), default="8", show_default=True,
              help="Depth of a channel.")  # fmt: skip
@click.option("--each", help="PDF: many on a page, each of this size: poker, tarot, 5x5cm ...")
@click.option("--caption", "captions", multiple=True, help="PDF: a line for each picture.")
@click.option("--out", type=click.Path(path_type=Path), help="A .png, .tif or .pdf file.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
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
    from artgan.core.curate import given_pictures
    from artgan.core.pictures import read_picture, read_record
    from artgan.core.print_files import write_pdf, write_sheet

    sheet, pictures = _sheet(given), given_pictures(named, given["only"])
    path = out or Path(f"{pictures[0].stem}-print").with_suffix(
        ".pdf" if len(pictures) > 1 else ".png"
    )
    captions, overwrite = list(given["captions"]), given["overwrite"]
    if path.suffix.lower() == ".pdf":
        if captions and len(captions) != len(pictures):
            raise click.UsageError(f"{len(captions)} captions for {len(pictures)} pictures.")
        each, page = (_sheet(given, given["each"]), sheet) if given["each"] else (sheet, None)
        write_pdf(pictures, each, path, captions=captions, page=page, overwrite=overwrite)
    else:
        if len(pictures) > 1 or captions or given["each"]:
            raise click.UsageError(
                "Several pictures, --each and --caption need a --out that ends in .pdf."
            )
        with click.progressbar(length=1000, label="Printing", hidden=given["quiet"]
                               or given["as_json"]) as bar:  # fmt: skip
            write_sheet(
                read_picture(pictures[0]),
                sheet,
                path,
                record=_printed(read_record(pictures[0]), sheet),
                overwrite=overwrite,
                show=lambda share: bar.update(int(share * 1000) - bar.pos),
            )
    width, height = sheet.size
    if given["as_json"]:
        click.echo(json.dumps({"file": str(path), "width": width, "height": height}))
    elif not given["quiet"]:
        say(f"{path}: {width} x {height} pixels, {sheet.width:.0f} x {sheet.height:.0f} mm trimmed")
    return 0


def _printed(record: dict[str, Any] | None, sheet: "Sheet") -> dict[str, Any] | None:
    """Tell in a picture's record that it was laid out on paper since, and no more repeats."""
    if record is None:
        return None
    size = {"width_mm": sheet.width, "height_mm": sheet.height, "dpi": sheet.dpi}
    return {**record, "printed": {**size, "fit": sheet.fit}}


def _sheet(given: dict[str, Any], each: str | None = None) -> "Sheet":
    """Give the paper, or the part of it that each picture gets."""
    from artgan.core.printing import Sheet, parse_paper

    width, height = parse_paper(each or given["paper"])
    if given["landscape"] and height > width and not each:
        width, height = height, width
    return Sheet(
        width=width,
        height=height,
        dpi=given["dpi"],
        bleed=0 if each else given["bleed"],
        marks=given["marks"] and not each,
        paper=given["background"],
        fit=given["fit"],
        margin=0 if each else given["margin"],
        across=given["across"],
        method=given["method"],
        bits=16 if given["bits"] == "16" else 8,
    )
