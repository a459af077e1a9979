"""``artgan plot``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.chains import chain_flags, read_chain
from artgan.cli.dynamic import StyleCommand
from artgan.cli.output import Output, count_of
from artgan.cli.paper import landscape_flag, margin_flag, paper_flag

if TYPE_CHECKING:
    from artgan.styling.chain import Chain


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
@flags.plugin
@flags.output
def plot_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> None:
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
    from artgan.printing.paper import parse_paper

    files = given_pictures(pictures, given["only"])
    targets = _targets(files, given["out"])
    _, chain = read_chain(given, default="plotter")
    paper = parse_paper(given["paper"])
    if given["landscape"]:
        paper = (max(paper), min(paper))
    drawn = [
        _draw(chain, file, target, paper, given)
        for file, target in zip(files, targets, strict=True)
    ]
    lines = [
        f"{facts['file']}: {paper[0]:g}x{paper[1]:g} mm, "
        f"{count_of(len(facts['layers']), 'layer')}, {count_of(facts['strokes'], 'stroke')}, "
        f"{count_of(facts['shapes'], 'shape')}"
        for facts in drawn
    ]
    output.result(drawn[0] if len(drawn) == 1 else drawn, *lines)


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
    return [out / f"{file.stem}.svg" for file in files]


def _draw(
    chain: "Chain", file: Path, target: Path, paper: tuple[float, float], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Draw a picture; return what was drawn."""
    from artgan.base.paths import write_text
    from artgan.pictures.files import read_picture
    from artgan.plugin_manager.load import default_registry
    from artgan.printing.svg import draw_style, svg_text

    drawing = draw_style(chain, read_picture(file), registry=default_registry(), seed=given["seed"])
    write_text(target, svg_text(drawing, paper, given["margin"]), keep=not given["overwrite"])
    return {
        "file": str(target),
        "layers": [layer.name for layer in drawing.layers],
        "strokes": sum(len(layer.strokes) for layer in drawing.layers),
        "shapes": sum(len(layer.shapes) + len(layer.circles) for layer in drawing.layers),
    }
