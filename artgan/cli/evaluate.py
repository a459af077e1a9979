"""``artgan evaluate`` and ``artgan tile``: how good a run is, and whether a picture repeats."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, counting_bar

if TYPE_CHECKING:
    from artgan.evaluation.metrics import Evaluation
    from artgan.plugin.picture import Picture

MEANINGS = {
    "kid": ("KID", "0 is best; the one to compare when pictures are few"),
    "fid": ("FID", "0 is best; too high for fewer than some thousands of pictures"),
    "precision": ("precision", "share of samples that could be real"),
    "recall": ("recall", "share of real pictures that could be samples"),
    "density": ("density", "1 is best; how deep samples lie among real pictures"),
    "coverage": ("coverage", "share of real pictures with a sample near them"),
    "nearness": ("nearness", "well below 1, samples copy the training pictures"),
}
COPIES = 0.5
"""Nearness below which samples are likely copies of training pictures."""


@click.command("evaluate")
@flags.run
@click.option(
    "--count",
    type=click.IntRange(8, 100_000),
    default=2000,
    show_default=True,
    help="Samples to make, and real pictures to take at most.",
)
@click.option("--extractor", help="What computes the features, with options if needed.")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    help="A further metric, with options if needed; may be repeated.",
)
@flags.steering
@click.option("--every", is_flag=True, help="Evaluate every checkpoint kept, not only the best.")
@flags.no_mark
@flags.plugin
@flags.threads
@flags.output
def evaluate_command(run: "artgan.Run", count: int, output: Output, **given: Any) -> None:
    """Measure how near the samples of a RUN come to its pictures, and whether they copy them.

    Writes evaluation.json, evaluation.png and nearest.png into the run folder.

    \b
    Examples:
      artgan evaluate runs/dcgan-001
      artgan evaluate runs/dcgan-001 --every --extractor random
      artgan evaluate runs/dcgan-001 --sampler langevin
      artgan evaluate runs/dcgan-001 --extractor vision:model=./dinov2-small
    Extractors: artgan list extractor; metrics: artgan list metric
    """
    from artgan.evaluation.evaluate import add_metrics, checkpoints_of, evaluate

    total = count * (1 + len(checkpoints_of(run, given["every"])))
    keep_mark, names = not given.pop("no_mark"), given.pop("metrics")
    for name in names:
        run.registry.find_call("metric", name)
    if flags.latent_files(given):
        raise click.UsageError("--latents FILE has one point; expected a NAME to evaluate samples.")
    steering = flags.steering_of(run, given)
    asked = {"count": count, "extractor": given["extractor"], "every": given["every"]}
    with counting_bar(total, "picture", hidden=output.hidden) as add:
        found = evaluate(run, **asked, keep_mark=keep_mark, steering=steering, tick=add)
        found = add_metrics(run, found, names, count, steering)
    look = f"Look at {run.path / 'nearest.png'} and {run.path / 'evaluation.png'}"
    output.result(
        [asdict(one) for one in found],
        *[line for one in found for line in _table(one)],
        *(["Clear pixels were compared on mid-grey."] if run.config.channels == 4 else []),
        *([] if found[0].sampling else [look]),
        indent=1,
    )


def _table(one: "Evaluation") -> list[str]:
    """Return the metrics of one checkpoint as lines of text."""
    extractor = one.extractor.removeprefix("core/")
    steered = f"({one.sampling}) " if one.sampling else ""
    lines = [
        f"Step {one.step}: {count_of(one.fake_count, 'sample')} {steered}against "
        f"{count_of(one.real_count, 'real picture')}, features of {extractor}",
        f"{'':12}{'samples':>10}{'perfect':>10}",
    ]
    for field, (name, meaning) in MEANINGS.items():
        value, best = getattr(one.scores, field), getattr(one.halves, field)
        lines.append(f"{name:12}{value:10.4g}{best:10.4g}   {meaning}")
    lines += [f"{name.rpartition('/')[2]:12}{value:10.4g}" for name, value in one.more.items()]
    lines.append("Perfect: one half of the real pictures against the other.")
    if one.scores.nearness < COPIES:
        lines.append(
            "The samples lie very near to training pictures: look for copies in nearest.png."
        )
    return lines


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
@flags.no_mark
@click.option("--strict", is_flag=True, help="Exit with 1 if it does not repeat.")
@flags.json_output
def check_command(
    picture: Path, out: Path | None, strict: bool, output: Output, **given: Any
) -> int:
    """Measure the seams of a PICTURE: change across them, divided by the usual change inside.

    About 1 is a picture that repeats. More is a step or a crease that shows; less is wrong too:
    edges that fade or are mirrored. Where the picture's record says that it repeats, only a step or
    crease that no line inside has counts against it.
    """
    from artgan.evaluation.seams import seam_scores
    from artgan.pictures.files import read_picture

    shown = read_picture(picture)
    scores = seam_scores(shown)
    seamless = scores.seamless_x and scores.seamless_y
    if out is not None:
        _save_copies(picture, shown, out, given, output)
    lines, verdicts = [], {}
    axes: tuple[tuple[Literal["x", "y"], str], ...]
    axes = (("x", "left and right"), ("y", "top and bottom"))
    for axis, across in axes:
        step, bend = getattr(scores, f"step_{axis}"), getattr(scores, f"bend_{axis}")
        verdicts[axis] = scores.verdict(axis)
        lines.append(f"{across}: step {step:.2f}, bend {bend:.2f}: {verdicts[axis]}")
    lines.append(
        "It repeats." if seamless else "It does not repeat; the filter seamless closes it."
    )
    facts = {**asdict(scores), "seamless": seamless, "verdicts": verdicts}
    # JSON knows no infinity, which a seam in a flat picture scores.
    plain = {key: None if value == math.inf else value for key, value in facts.items()}
    output.result(plain, *lines)
    return 1 if strict and not seamless else 0


def _save_copies(
    source: Path, picture: "Picture", out: Path, given: Mapping[str, Any], output: Output
) -> None:
    """Write two by two copies of a picture, as what its file says that it is."""
    from artgan.pictures.files import save_png
    from artgan.pictures.marks import Metadata
    from artgan.pictures.told import styled_mark, tell_dropped_credentials
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.apply import apply_style
    from artgan.styling.parse import parse_style

    registry = default_registry()
    chain = parse_style("tile:columns=2,rows=2", registry)
    copies = apply_style(chain, picture, registry=registry).picture
    about = Metadata(mark=None if given["no_mark"] else styled_mark(source))
    save_png(copies, out, about, overwrite=given["overwrite"])
    tell_dropped_credentials([source], output.note)
