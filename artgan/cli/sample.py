"""``artgan sample``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.flags import StyleFlags, collect
from artgan.cli.main import say


@click.command("sample", cls=StyleFlags)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--seeds", default="0-15", show_default=True, help="As in 0-15,40. A seed is a picture."
)
@click.option("--style", multiple=True, help="Style, repeatable.  [default: the run's]")
@click.option("--label", type=click.IntRange(0), help="Class of all pictures.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: RUN/samples]")
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
    """
    from artgan.core.pages import contact_sheet
    from artgan.core.run import load_run, write_samples
    from artgan.core.sample import parse_seeds

    run = load_run(given["run"])
    style = _style(given["style"], run.config.style)
    knobs = collect(given).get("knobs") or (run.config.knobs if not given["style"] else {})
    folder = given["out"] or run.folder.samples
    written = write_samples(
        run,
        parse_seeds(given["seeds"]),
        style,
        folder,
        knobs=knobs,
        label=given["label"],
        overwrite=given["overwrite"],
    )
    contact_sheet(written.files, folder / "contact-sheet.png")
    for error in written.errors:
        click.echo(f"Not styled: {error}", err=True)
    if given["as_json"]:
        files = [str(file) for file in written.files]
        click.echo(json.dumps({"files": files, "errors": list(written.errors)}))
    elif not given["quiet"]:
        say(f"{len(written.files)} pictures in {folder}")
    return 3 if written.errors else 0


def _style(given: tuple[str, ...], default: Any) -> Any:
    if not given:
        return default
    return given[0] if len(given) == 1 else list(given)
