"""``artgan plot``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.flags import StyleFlags, collect, only_flag
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.styling.chain import Chain


@click.command("plot", cls=StyleFlags)
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@only_flag
@click.option("--style", multiple=True, help="Style or chain, repeatable.")
@click.option("--filter", multiple=True, help="Filter after the styles, repeatable.")
@click.option("--print", "--paper", "paper", default="a4", show_default=True,
              help="Paper: A0 to A6, letter ..., or 30x40cm, 8x10in.")  # fmt: skip
@click.option("--landscape", is_flag=True, help="The longer side lies.")
@click.option("--margin", type=click.FloatRange(0), default=10, show_default=True,
              help="Bare paper on each side, in mm.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="An .svg file, or a folder for several."
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Key of what is random.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def plot_command(pictures: tuple[Path, ...], **given: Any) -> None:
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
    from artgan.plugin_manager.load import default_registry
    from artgan.printing.paper import parse_paper
    from artgan.styling.checks import check_chain
    from artgan.styling.parse import parse_style

    files = given_pictures(pictures, given["only"])
    targets = _targets(files, given["out"])
    registry = default_registry()
    styles = [*given["style"], *given["filter"]] or ["plotter"]
    chain = parse_style(
        styles[0] if len(styles) == 1 else styles, registry, knobs=collect(given).get("knobs")
    )
    check_chain(chain, registry)
    paper = parse_paper(given["paper"])
    if given["landscape"]:
        paper = (max(paper), min(paper))
    drawn = [
        _draw(chain, file, target, paper, given)
        for file, target in zip(files, targets, strict=True)
    ]
    if given["as_json"]:
        click.echo(json.dumps(drawn[0] if len(drawn) == 1 else drawn))
    elif not given["quiet"]:
        for facts in drawn:
            say(
                f"{facts['file']}: {paper[0]:g}x{paper[1]:g} mm, {len(facts['layers'])} layers, "
                f"{facts['strokes']} strokes, {facts['shapes']} shapes"
            )


def _targets(files: list[Path], out: Path | None) -> list[Path]:
    """Give the SVG of each picture: the file that was named, or one in the folder."""
    single = len(files) == 1 and (out is None or out.suffix)
    if single:
        target = out or Path(f"{files[0].stem}.svg")
        if target.suffix.lower() != ".svg":
            raise click.UsageError(f"'{target}' does not end in .svg.")
        return [target]
    if out is None or out.suffix:
        raise click.UsageError(f"{len(files)} pictures need a folder: --out FOLDER.")
    return [out / f"{file.stem}.svg" for file in files]


def _draw(
    chain: "Chain", file: Path, target: Path, paper: tuple[float, float], given: dict[str, Any]
) -> dict[str, Any]:
    """Draw a picture, and tell what was drawn."""
    from artgan.base.paths import replacing
    from artgan.pictures.files import read_picture
    from artgan.plugin_manager.load import default_registry
    from artgan.printing.svg import draw_style, svg_text

    drawing = draw_style(chain, read_picture(file), registry=default_registry(), seed=given["seed"])
    text = svg_text(drawing, paper, given["margin"])
    with replacing(target, keep=not given["overwrite"]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return {
        "file": str(target),
        "layers": [layer.name for layer in drawing.layers],
        "strokes": sum(len(layer.strokes) for layer in drawing.layers),
        "shapes": sum(len(layer.shapes) + len(layer.circles) for layer in drawing.layers),
    }
