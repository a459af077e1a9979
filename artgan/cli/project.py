"""``artgan project``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import bar
from artgan.cli.output import Output
from artgan.cli.steering import label_flag, read_label


@click.command("project")
@click.argument("picture", type=flags.PATH)
@flags.run_option("Trained run.", required=True)
@click.option("--steps", type=int, default=200, show_default=True, help="More come nearer.")
@label_flag("Class to look in.  [default: all]")
@flags.out("Folder.  [default: RUN/projected]")
@flags.overwrite
@flags.plugin
@flags.output
def project_command(picture: Path, run: "artgan.Run", output: Output, **given: Any) -> None:
    """Find the place in a run's latent space whose picture is nearest to PICTURE.

    Writes the picture found, and its latent as a file that artgan sample and artgan animate take.

    \b
    Examples:
      artgan project me.jpg --run runs/dcgan-001
      artgan sample runs/dcgan-001 --latents runs/dcgan-001/projected/me.safetensors --style neon
    """
    from artgan.latents.points import save_points

    notes: list[str] = []
    with bar(given["steps"], "step", hidden=output.hidden) as reach:
        found = run.project(
            picture,
            steps=given["steps"],
            label=read_label(run, given["label"]),
            report=notes.append,
            show=lambda step: reach(step + 1),
        )
    folder = given["out"] or run.path / "projected"
    latents = folder / f"{picture.stem}.safetensors"
    save_points(latents, [found.point], overwrite=given["overwrite"])
    points = run.points(file=latents)
    (made,) = artgan.sample_to(run, points, folder, overwrite=given["overwrite"]).files
    output.result(
        {
            "picture": str(made),
            "latents": str(latents),
            "error": round(found.error, 3),
            "notes": notes,
        },
        *[f"{picture.name} was {note}" for note in notes],
        f"{made} differs by {found.error:.1f} of 255 levels",
        f"Its latent: {latents}",
    )
