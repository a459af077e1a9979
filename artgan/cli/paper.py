"""``artgan print``, ``canvas`` and ``plot``: pictures on paper, and the flags that describe it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.dynamic import StyleCommand, chain_flags, read_chain
from artgan.cli.output import Output, share_bar
from artgan.cli.press import press_flags, print_on_press

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet
    from artgan.styling.chain import Chain

MOST_NOTES = 6
"""Sentences about single pictures that are told."""

LAYOUT = ("fit", "margin", "across", "method")
"""Fields of the sheet that have a flag here alone."""

landscape_flag = click.option("--landscape", is_flag=True, help="Turn the paper on its side.")
background_flag = click.option(
    "--background", default="#ffffff", show_default=True, help="Colour of the paper."
)


def paper_flag(text: str, **more: Any) -> flags.Decorator:
    """Declare --paper, or --print; ``more`` goes to ``click.option``."""
    return click.option("--print", "--paper", "paper", help=text, **more)


def dpi_flag(default: int) -> flags.Decorator:
    """Declare --dpi."""
    return click.option(
        "--dpi", type=float, default=default, show_default=True, help="Pixels per inch."
    )


def margin_flag(default: int) -> flags.Decorator:
    """Declare --margin."""
    return click.option(
        "--margin",
        type=click.FloatRange(0),
        default=default,
        show_default=True,
        help="Blank paper on each side, in mm.",
    )


sheet_flags = flags.group(
    landscape_flag,
    dpi_flag(300),
    click.option(
        "--bleed",
        type=click.FloatRange(0, 50),
        default=0,
        help="Picture beyond the cut on each side, in mm.",
    ),
    click.option("--marks", is_flag=True, help="Add crop marks outside the bleed."),
    flags.choice("--bits", ("8", "16"), "Bits per channel."),
)
"""What ``sheet_settings`` reads."""


def sheet_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the flags of ``sheet_flags`` ask for, as ``artgan.canvas`` takes it."""
    names = ("landscape", "dpi", "bleed", "marks")
    return {name: given[name] for name in names} | {"bits": int(given["bits"])}


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
@flags.choice(
    "--method",
    ("auto", "smooth", "crisp", "lanczos", "nearest"),
    "How pictures are enlarged; crisp draws edges anew.",
)
@press_flags
@click.option("--each", help="PDF: many on a page, each of this size: poker, tarot, 5x5cm ...")
@click.option("--caption", "captions", multiple=True, help="PDF: caption, one for each picture.")
@flags.out("A .png, .tif or .pdf file.")
@flags.overwrite
@flags.no_record
@flags.no_mark
@flags.filter_threads
@flags.output
def print_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> int:
    """Make PICTURES, or those of folders, ready for paper: size, bleed, crop marks, colour profile.

    A sheet is made strip by strip: a poster needs little memory. Several pictures make a PDF, one
    page each. TIFF needs the extra artgan[print]. With --inks there is a grey plate for each ink,
    for riso and screen printing; with --cmyk, CMYK by the printer's profile.

    \b
    Examples:
      artgan print cards/s00003-neon.png --print A2 --dpi 200 --out poster.png
      artgan print tile.png --paper 50x70cm --fit tile --across 6 --bleed 3 --marks
      artgan print cards --only star --paper a4 --each poker --out deck.pdf
      artgan print photo.jpg --paper a3 --inks federal-blue,fluorescent-pink --out plates
      artgan print photo.jpg --cmyk fogra51.icc --proof proof.png --out photo.tif
    """
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import readable_pictures
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.printing.paper import make_sheet

    found = given_pictures(pictures, given["only"], output.note)
    files, errors = readable_pictures(found, output.note)
    if len(given["captions"]) == len(found):
        captions = zip(found, given["captions"], strict=True)
        given["captions"] = [text for file, text in captions if file in files]
    ending = ".pdf" if len(found) > 1 else ".png"
    path = given["out"] or Path(f"{files[0].stem}-print{ending}")
    layout = sheet_settings(given) | {name: given[name] for name in LAYOUT}
    plain = dict(layout)
    sheet = make_sheet(given["paper"], plain.pop("dpi"), paper=given["background"], **plain)
    _tell_fit(files, sheet, given, output)
    if given["inks"] or given["cmyk"]:
        return print_on_press(files, sheet, given, output)
    with share_bar("sheet", hidden=output.hidden) as show:
        artgan.print_picture(
            files,
            path,
            given["paper"],
            keep_record=not given["no_record"],
            keep_mark=not given["no_mark"],
            show=show,
            **{name: given[name] for name in ("background", "each", "captions", "overwrite")},
            **layout,
        )
    tell_dropped_credentials(files, output.note)
    width, height = sheet.size
    output.result(
        {"file": str(path), "width": width, "height": height},
        f"{path}: {width} x {height} pixels, {sheet.width:.0f} x {sheet.height:.0f} mm trimmed",
    )
    return output.failures("Left out", errors)


def _tell_fit(
    files: Sequence[Path], sheet: "Sheet", given: Mapping[str, Any], output: Output
) -> None:
    """Say what the paper cuts off, and which pictures are too small for it."""
    from artgan.pictures.files import read_picture
    from artgan.printing.advice import fit_notes, measure_fit
    from artgan.printing.paper import make_sheet

    look = {name: given[name] for name in LAYOUT if name != "margin"}
    part = make_sheet(given["each"], sheet.dpi, **look) if given["each"] else sheet
    fits = ((file.name, measure_fit(read_picture(file), part)) for file in files)
    told = [note for name, fit in fits for note in fit_notes(name, fit)]
    for note in told[:MOST_NOTES]:
        output.note(note)
    if len(told) > MOST_NOTES:
        output.note(f"the same of others: {len(told) - MOST_NOTES} more")


@click.command("canvas")
@flags.run
@click.option("--size", help="Side in pixels, or 4000x3000 (wide x high).  [default: 2048]")
@paper_flag("Paper instead of pixels: A2, 50x70cm ...")
@flags.seed("Random seed; each gives another canvas.")
@flags.label("Class.  [default: drawn by the seed]")
@click.option("--tile", is_flag=True, help="Make a canvas that repeats without a seam.")
@sheet_flags
@flags.out("A .png or .tif file.")
@flags.overwrite
@flags.no_record
@flags.no_mark
@flags.plugin
@flags.threads
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
            label=flags.read_label(run, given["label"]),
            keep_record=not given["no_record"],
            keep_mark=not given["no_mark"],
            show=show,
            **{name: given[name] for name in ("size", "paper", "seed", "tile", "overwrite")},
            **layout,
        )
    paper = given["paper"] or parse_size(given["size"] or 2048)
    width, height = make_sheet(paper, layout.pop("dpi"), **layout).size
    output.result(
        {"file": str(path), "width": width, "height": height}, f"{path}: {width} x {height} pixels"
    )


@click.command("plot", cls=StyleCommand)
@flags.pictures
@flags.only
@chain_flags
@paper_flag("A0 to A6, letter ..., or 30x40cm, 8x10in.", default="a4", show_default=True)
@landscape_flag
@margin_flag(10)
@flags.out("An .svg file, or a folder for several.")
@flags.seed("Random seed of the style.")
@flags.overwrite
@flags.no_mark
@flags.plugin
@flags.output
def plot_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> int:
    """Draw PICTURES, or those of folders, as SVG in millimetres, a layer for each pen or ink.

    The last step must be a filter that can be drawn: plotter, contours, crosshatch, halftone or
    stipple. Without a style, the plotter's usual hatch is drawn.

    \b
    Examples:
      artgan plot photo.jpg --out photo.svg
      artgan plot photo.jpg --filter plotter:spiral --paper A3 --out spiral.svg
      artgan plot editions/tides --only star --style pen --paper A5 --out plots
      artgan plot photo.jpg --filter "halftone:40,inks=cyan,magenta,yellow,key" --out dots.svg
    """
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import readable_pictures
    from artgan.errors import ArtganError
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.printing.paper import parse_paper

    found = given_pictures(pictures, given["only"], output.note)
    files, errors = readable_pictures(found, output.note)
    targets = _targets(files, given["out"])
    _, chain = read_chain(given, default="plotter")
    paper = parse_paper(given["paper"])
    if given["landscape"]:
        paper = (max(paper), min(paper))
    drawn = []
    for file, target in zip(files, targets, strict=True):
        try:
            drawn.append(_draw(chain, file, target, paper, given))
        except ArtganError as error:
            if len(files) == 1:
                raise
            errors.append(str(error) if str(target) in str(error) else f"'{file}': {error}")
    tell_dropped_credentials(files, output.note)
    lines = [
        f"{facts['file']}: {paper[0]:g}x{paper[1]:g} mm, "
        f"{count_of(len(facts['layers']), 'layer')}, {count_of(facts['strokes'], 'stroke')}, "
        f"{count_of(facts['shapes'], 'shape')}"
        for facts in drawn
    ]
    output.result(drawn[0] if len(drawn) == 1 else drawn, *lines)
    return output.failures("Left out", errors)


def _targets(files: Sequence[Path], out: Path | None) -> list[Path]:
    """Return the SVG of each picture: the file that was named, or one in the folder."""
    single = len(files) == 1 and (out is None or out.suffix)
    if single:
        target = out or Path(f"{files[0].stem}.svg")
        if target.suffix.lower() != ".svg":
            raise click.UsageError(f"'{target}' does not end in .svg.")
        return [target]
    if out is None or out.suffix:
        raise click.UsageError(f"{count_of(len(files), 'picture')} need a folder: --out FOLDER.")
    taken = Counter(file.stem for file in files)
    # x.jpg beside x.png: the ending tells them apart.
    stems = [f"{f.stem}-{f.suffix[1:].lower()}" if taken[f.stem] > 1 else f.stem for f in files]
    return [out / f"{stem}.svg" for stem in stems]


def _draw(
    chain: "Chain", file: Path, target: Path, paper: tuple[float, float], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Draw a picture; return what was drawn."""
    from artgan.base.paths import write_text
    from artgan.pictures.files import read_picture
    from artgan.pictures.told import styled_mark
    from artgan.plugin_manager.load import default_registry
    from artgan.printing.svg import draw_style, svg_text

    picture = read_picture(file)
    drawing = draw_style(chain, picture, registry=default_registry(), seed=given["seed"])
    mark = None if given["no_mark"] else styled_mark(file)
    text = svg_text(drawing, paper, given["margin"], mark)
    write_text(target, text, keep=not given["overwrite"])
    return {
        "file": str(target),
        "layers": [layer.name for layer in drawing.layers],
        "strokes": sum(len(layer.strokes) for layer in drawing.layers),
        "shapes": sum(len(layer.shapes) + len(layer.circles) for layer in drawing.layers),
    }
