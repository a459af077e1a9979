"""``artgan evaluate``."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import counting_bar
from artgan.cli.output import Output, count_of

if TYPE_CHECKING:
    from artgan.evaluation.metrics import Evaluation

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
@click.option("--every", is_flag=True, help="Evaluate every checkpoint kept, not only the best.")
@flags.plugin
@flags.output
def evaluate_command(
    run: "artgan.Run", count: int, extractor: str | None, every: bool, output: Output
) -> None:
    """Measure how near the samples of a RUN come to its pictures, and whether they copy them.

    Writes evaluation.json, evaluation.png and nearest.png into the run folder.

    \b
    Examples:
      artgan evaluate runs/dcgan-001
      artgan evaluate runs/dcgan-001 --every --extractor random
      artgan evaluate runs/dcgan-001 --extractor vision:model=./dinov2-small
    Extractors: artgan list extractor
    """
    from artgan.evaluation.evaluate import checkpoints_of, evaluate

    total = count * (1 + len(checkpoints_of(run, every)))
    with counting_bar(total, "picture", hidden=output.hidden) as add:
        found = evaluate(run, count=count, extractor=extractor, every=every, tick=add)
    output.result(
        [asdict(one) for one in found],
        *[line for one in found for line in _table(one)],
        f"Look at {run.path / 'nearest.png'} and {run.path / 'evaluation.png'}",
        indent=1,
    )


def _table(one: "Evaluation") -> list[str]:
    """Return the metrics of one checkpoint as lines of text."""
    extractor = one.extractor.removeprefix("core/")
    lines = [
        f"Step {one.step}: {count_of(one.fake_count, 'sample')} against "
        f"{count_of(one.real_count, 'real picture')}, features of {extractor}",
        f"{'':12}{'samples':>10}{'perfect':>10}",
    ]
    for field, (name, meaning) in MEANINGS.items():
        value, best = getattr(one.scores, field), getattr(one.halves, field)
        lines.append(f"{name:12}{value:10.4g}{best:10.4g}   {meaning}")
    lines.append("Perfect: one half of the real pictures against the other.")
    if one.scores.nearness < COPIES:
        lines.append(
            "The samples lie very near to training pictures: look for copies in nearest.png."
        )
    return lines
