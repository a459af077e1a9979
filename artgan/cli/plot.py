"""``artgan plot``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.flags import StyleFlags, collect
from artgan.cli.main import say


@click.command("plot", cls=StyleFlags)
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--style", multiple=True, help="Style or chain, repeatable.")
@click.option("--filter", multiple=True, help="Filter after the styles, repeatable.")
@click.option("--print", "--paper", "paper", default="a4", show_default=True,
              help="Paper: A0 to A6, letter ..., or 30x40cm, 8x10in.")  # fmt: skip
@click.option("--landscape", is_flag=True, help="The longer side lies.")
@click.option("--margin", type=click.FloatRange(0), default=10, show_default=True,
              help="Bare paper on each side, in mm.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="An .svg file.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Key of what is random.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def plot_command(picture: Path, **given: Any) -> None:
    """Draw a PICTURE as SVG in millimetres, a layer for each pen or ink.

    The last step must be a filter that can be drawn: plotter, contours, crosshatch, halftone or
    stipple. Without a style, the plotter's usual hatch is drawn.

    \b
    Examples:
      artgan plot photo.jpg --out photo.svg
      artgan plot photo.jpg --filter plotter:spiral --paper A3 --out spiral.svg
      artgan plot photo.jpg --filter "halftone:40,inks=cyan,magenta,yellow,key" --out dots.svg
    """
    from artgan.core.paths import replacing
    from artgan.core.pictures import read_picture
    from artgan.core.printing import parse_paper
    from artgan.core.registry import default_registry
    from artgan.core.style_checks import check_chain
    from artgan.core.styles import parse_style
    from artgan.core.vectors import draw_style, svg_text

    target = given["out"] or Path(f"{picture.stem}.svg")
    if target.suffix.lower() != ".svg":
        raise click.UsageError(f"'{target}' does not end in .svg.")
    registry = default_registry()
    styles = [*given["style"], *given["filter"]] or ["plotter"]
    chain = parse_style(
        styles[0] if len(styles) == 1 else styles, registry, knobs=collect(given).get("knobs")
    )
    check_chain(chain, registry)
    paper = parse_paper(given["paper"])
    if given["landscape"]:
        paper = (max(paper), min(paper))
    drawing = draw_style(chain, read_picture(picture), registry=registry, seed=given["seed"])
    text = svg_text(drawing, paper, given["margin"])
    with replacing(target, keep=not given["overwrite"]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    facts = {
        "file": str(target),
        "layers": [layer.name for layer in drawing.layers],
        "strokes": sum(len(layer.strokes) for layer in drawing.layers),
        "shapes": sum(len(layer.shapes) + len(layer.circles) for layer in drawing.layers),
    }
    if given["as_json"]:
        click.echo(json.dumps(facts))
    elif not given["quiet"]:
        say(
            f"{target}: {paper[0]:g}x{paper[1]:g} mm, {len(drawing.layers)} layers, "
            f"{facts['strokes']} strokes, {facts['shapes']} shapes"
        )
