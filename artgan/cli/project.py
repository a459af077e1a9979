"""``artgan project``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import load_plugin_files
from artgan.cli.main import say
from artgan.cli.steering import label_flag, read_label


@click.command("project")
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--run", required=True, type=click.Path(path_type=Path), help="Trained run.")
@click.option("--steps", type=int, default=200, show_default=True, help="More come nearer.")
@label_flag("Class to look in.  [default: all]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: RUN/projected]")
@click.option("--overwrite", is_flag=True, help="Replace files that differ.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def project_command(**given: Any) -> int:
    """Find the place in a run's latent space whose picture is nearest to PICTURE.

    Writes the picture found, and its latent as a file that artgan sample and artgan animate take.

    \b
    Examples:
      artgan project me.jpg --run runs/dcgan-001
      artgan sample runs/dcgan-001 --latents runs/dcgan-001/projected/me.safetensors --style neon
    """
    from artgan.latents.points import save_points
    from artgan.run import load_run
    from artgan.sampling.samples import SampleRequest
    from artgan.sampling.write import FileOptions, write_samples

    load_plugin_files(given["plugin"])
    run = load_run(given["run"])
    quiet = given["quiet"] or given["as_json"]
    notes: list[str] = []
    with bar(given["steps"], "step", hidden=quiet) as reach:
        found = run.project(
            given["picture"],
            steps=given["steps"],
            label=read_label(run, given["label"]),
            report=notes.append,
            show=lambda step: reach(step + 1),
        )
    folder = given["out"] or run.path / "projected"
    latents = folder / f"{given['picture'].stem}.safetensors"
    save_points(latents, [found.point], overwrite=given["overwrite"])
    request = SampleRequest(run.points(file=latents))
    written = write_samples(run, request, folder, FileOptions(overwrite=given["overwrite"]))
    if given["as_json"]:
        files = {"picture": str(written.files[0]), "latents": str(latents)}
        click.echo(json.dumps({**files, "error": round(found.error, 3), "notes": notes}))
    elif not quiet:
        for note in notes:
            say(f"{given['picture'].name} was {note}")
        say(f"{written.files[0]} differs by {found.error:.1f} of 255 levels")
        say(f"Its latent: {latents}")
    return 0
