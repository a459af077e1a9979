"""``artgan evaluate``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgan.cli.flags import load_plugin_files
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.evaluation.evaluate import Judged

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


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--count",
    type=click.IntRange(8, 100_000),
    default=2000,
    show_default=True,
    help="Samples to make, and real pictures to take at most.",
)
@click.option("--extractor", help="Whose features to compare, perhaps with options.")
@click.option("--every", is_flag=True, help="Judge every kept checkpoint, not only the best.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def evaluate_command(
    run: Path,
    count: int,
    extractor: str | None,
    every: bool,
    plugin: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> int:
    """Measure how near the samples of a RUN come to its pictures, and whether they copy them.

    Writes evaluation.json, evaluation.png and nearest.png into the run folder.

    \b
    Examples:
      artgan evaluate runs/dcgan-001
      artgan evaluate runs/dcgan-001 --every --extractor random
      artgan evaluate runs/dcgan-001 --extractor vision:model=./dinov2-small
    Extractors: artgan list extractor
    """
    from tqdm import tqdm

    from artgan.evaluation.evaluate import checkpoints_of, evaluate
    from artgan.run import load_run

    load_plugin_files(plugin)
    opened = load_run(run)
    total = count * (1 + len(checkpoints_of(opened, every)))
    with tqdm(total=total, disable=quiet or as_json, unit="picture", leave=False) as bar:
        found = evaluate(
            opened,
            count=count,
            extractor=extractor,
            every=every,
            tick=lambda count: bar.update(count),
        )
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
    elif not quiet:
        for one in found:
            _show(one)
        say(f"Look at {run / 'nearest.png'} and {run / 'evaluation.png'}")
    return 0


def _show(one: "Judged") -> None:
    say(
        f"Step {one.step}: {one.fake_count} samples against {one.real_count} real pictures, "
        f"features of {one.extractor.removeprefix('core/')}"
    )
    say(f"{'':12}{'samples':>10}{'perfect':>10}")
    for field, (name, meaning) in MEANINGS.items():
        value, best = getattr(one.scores, field), getattr(one.halves, field)
        say(f"{name:12}{value:10.4g}{best:10.4g}   {meaning}")
    say("Perfect: one half of the real pictures against the other.")
    if one.scores.nearness < COPIES:
        say("The samples lie very near to training pictures: look at nearest.png for copies.")
