"""``artgan tile``: does a picture repeat without a seam?"""

import json
from dataclasses import asdict
from pathlib import Path

import click

from artgan.cli.main import say


@click.group("tile")
def tile_command() -> None:
    """Check how well a picture repeats.

    \b
    Examples:
      artgan tile check cloth.png
      artgan tile check cloth.png --out cloth-2x2.png
    """


@tile_command.command("check")
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Two by two copies, a PNG.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--strict", is_flag=True, help="Exit with 1 if it does not repeat.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check_command(
    picture: Path, out: Path | None, overwrite: bool, strict: bool, as_json: bool
) -> int:
    """Measure the seams of a PICTURE: change across them, divided by the usual change inside.

    About 1 is a picture that repeats. More is a step or a crease that shows; less is wrong too:
    edges that fade or are mirrored.
    """
    from artgan.evaluation.seams import seam_scores, seam_verdict
    from artgan.pictures.files import read_picture, save_png
    from artgan.styling.apply import apply_style
    from artgan.styling.parse import parse_style

    shown = read_picture(picture)
    scores = seam_scores(shown)
    seamless = scores.seamless_x and scores.seamless_y
    verdicts = {
        "x": seam_verdict(scores.step_x, scores.bend_x),
        "y": seam_verdict(scores.step_y, scores.bend_y),
    }
    if out is not None:
        from artgan.plugin_manager.load import default_registry

        registry = default_registry()
        chain = parse_style("tile:columns=2,rows=2", registry)
        save_png(apply_style(chain, shown, registry=registry).picture, out, overwrite=overwrite)
    if as_json:
        facts = {**asdict(scores), "seamless": seamless, "verdicts": verdicts}
        # JSON knows no infinity, which a seam in a flat picture scores.
        plain = {k: None if v == float("inf") else v for k, v in facts.items()}
        click.echo(json.dumps(plain))
    else:
        for axis, across in (("x", "left and right"), ("y", "top and bottom")):
            step, bend = getattr(scores, f"step_{axis}"), getattr(scores, f"bend_{axis}")
            say(f"{across}: step {step:.2f}, bend {bend:.2f}: {verdicts[axis]}")
        say("It repeats." if seamless else "It does not repeat; the filter seamless closes it.")
    return 1 if strict and not seamless else 0
