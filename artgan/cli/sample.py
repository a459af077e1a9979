"""``artgan sample``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import StyleFlags, collect, format_flag, record_flag
from artgan.cli.main import say
from artgan.cli.steering import label_flag, read_label, steering_flags, steering_of

if TYPE_CHECKING:
    from artgan.latents.points import Point
    from artgan.run import Run
    from artgan.sampling.write import Written


@click.command("sample", cls=StyleFlags)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--seeds", help="As in 0-15,40. A seed is a picture.  [default: 0-15]")
@click.option("--sum", "blend", help='Arithmetic of seeds: "3 - 5 + 9", "0.7*3 + 0.3*9".')
@click.option("--latents", type=click.Path(path_type=Path), help="File of artgan project.")
@click.option("--style", multiple=True, help="Style, repeatable.  [default: the run's]")
@label_flag("Class of all pictures.")
@click.option("--labels", metavar="NAMES", help="A picture of each for each seed: A,B,C, or all.")
@steering_flags
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: RUN/samples]")
@click.option("--name", help='What files are called: "{arch}-s{seed}-{style}".')
@format_flag
@record_flag
@click.option("--side-file", is_flag=True, help="Write what made a picture beside it, as JSON.")
@click.option("--overwrite", is_flag=True, help="Replace files that differ.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def sample_command(**given: Any) -> int:
    """Make pictures from a trained RUN, one for each seed.

    The same seed gives the same picture, whatever else is made with it.

    \b
    Examples:
      artgan sample runs/dcgan-001 --seeds 0-15,40 --style neon
      artgan sample runs/dcgan-001 --style neon --style.glow 2 --out soft
      artgan sample runs/dcgan-001 --label 7 --style "palette:gameboy | tile"
      artgan sample runs/letters --seeds 3 --labels all
      artgan sample runs/dcgan-001 --seeds 1 --truncation 0.7 --move tilt=2
      artgan sample runs/dcgan-001 --sum "3 - 5 + 9"
      artgan sample runs/dcgan-001 --seeds 1 --format webp --no-record
      artgan sample runs/dcgan-001 --style neon --name "{run}-{seed:04d}-{hash}" --side-file
    """
    from artgan.core.sample import parse_seeds
    from artgan.run import load_run
    from artgan.sampling.samples import SampleRequest
    from artgan.sampling.write import FileOptions, write_samples
    from artgan.sheets.grid import contact_sheet

    run = load_run(given["run"])
    style = _style(given["style"], run.config.style)
    knobs = collect(given).get("knobs") or (run.config.knobs if not given["style"] else {})
    folder = given["out"] or run.folder.samples
    steering = steering_of(run, given)
    options = FileOptions(
        overwrite=given["overwrite"],
        keep_record=not given["no_record"],
        ending=given["ending"],
        pattern=given["name"],
        side_files=given["side_file"],
    )
    labels, hidden = _labels(run, given), given["quiet"] or given["as_json"]
    written: list[Written] = []
    for label in labels:
        asked: list[Any] = [*_points(run, given, label)] or parse_seeds(given["seeds"] or "0-15")
        with bar(len(asked), "picture", hidden=hidden) as reach:
            request = SampleRequest(asked, style, knobs, label, steering)
            one = write_samples(run, request, folder, options, show=reach)
        written.append(one)
    # All labels of a seed side by side: their names begin with the seed.
    shown = [file for part in written for file in part.files]
    shown = shown if len(written) == 1 else sorted(shown)
    contact_sheet(shown, folder / "contact-sheet.png")
    errors = [error for part in written for error in part.errors]
    for error in errors:
        click.echo(f"Not styled: {error}", err=True)
    if given["as_json"]:
        click.echo(json.dumps({"files": [str(file) for file in shown], "errors": errors}))
    elif not given["quiet"]:
        say(f"{len(shown)} pictures in {folder}")
    return 3 if errors else 0


def _labels(run: "Run", given: dict[str, Any]) -> list[int | None]:
    """Give the labels of --label or --labels; None lets the seeds draw them."""
    from artgan.sampling.labels import find_labels

    if given["labels"] is None:
        return [read_label(run, given["label"])]
    if given["label"] is not None:
        raise click.UsageError("--label and --labels exclude each other.")
    return list(find_labels(given["labels"], run.config.class_names, run.config.classes))


def _points(run: "Run", given: dict[str, Any], label: int | None) -> "list[Point]":
    """Give the points of --sum and --latents, and of --seeds if they stand beside them."""
    from artgan.core.sample import parse_seeds

    if given["blend"] is None and given["latents"] is None:
        return []
    seeds = parse_seeds(given["seeds"]) if given["seeds"] else []
    return run.points(seeds, blend=given["blend"], file=given["latents"], label=label)


def _style(given: tuple[str, ...], default: Any) -> Any:
    if not given:
        return default
    return given[0] if len(given) == 1 else list(given)
