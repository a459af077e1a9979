"""``artgan tile``: does a picture repeat without a seam?"""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgan.cli import flags
from artgan.cli.output import Output

if TYPE_CHECKING:
    from artgan.plugin.picture import Picture


@click.group("tile")
def tile_command() -> None:
    """Check how well a picture repeats.

    \b
    Examples:
      artgan tile check cloth.png
      artgan tile check cloth.png --out cloth-2x2.png
    """


@tile_command.command("check")
@click.argument("picture", type=flags.PATH)
@flags.out("Two by two copies, a PNG.")
@flags.overwrite
@click.option("--strict", is_flag=True, help="Exit with 1 if it does not repeat.")
@flags.json_output
def check_command(
    picture: Path, out: Path | None, overwrite: bool, strict: bool, output: Output
) -> int:
    """Measure the seams of a PICTURE: change across them, divided by the usual change inside.

    About 1 is a picture that repeats. More is a step or a crease that shows; less is wrong too:
    edges that fade or are mirrored.
    """
    from artgan.evaluation.seams import seam_scores, seam_verdict
    from artgan.pictures.files import read_picture

    shown = read_picture(picture)
    scores = seam_scores(shown)
    seamless = scores.seamless_x and scores.seamless_y
    verdicts = {
        "x": seam_verdict(scores.step_x, scores.bend_x),
        "y": seam_verdict(scores.step_y, scores.bend_y),
    }
    if out is not None:
        _write_copies(shown, out, overwrite)
    lines = []
    for axis, across in (("x", "left and right"), ("y", "top and bottom")):
        step, bend = getattr(scores, f"step_{axis}"), getattr(scores, f"bend_{axis}")
        lines.append(f"{across}: step {step:.2f}, bend {bend:.2f}: {verdicts[axis]}")
    lines.append(
        "It repeats." if seamless else "It does not repeat; the filter seamless closes it."
    )
    facts = {**asdict(scores), "seamless": seamless, "verdicts": verdicts}
    # JSON knows no infinity, which a seam in a flat picture scores.
    plain = {key: None if value == math.inf else value for key, value in facts.items()}
    output.result(plain, *lines)
    return 1 if strict and not seamless else 0


def _write_copies(picture: "Picture", out: Path, overwrite: bool) -> None:
    """Write two by two copies of a picture side by side."""
    from artgan.pictures.files import save_png
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.apply import apply_style
    from artgan.styling.parse import parse_style

    registry = default_registry()
    chain = parse_style("tile:columns=2,rows=2", registry)
    save_png(apply_style(chain, picture, registry=registry).picture, out, overwrite=overwrite)
