"""``artgan project`` and ``artgan directions``: places and ways in latent space."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, bar, waiting

if TYPE_CHECKING:
    from artgan.latents.directions import Directions


@click.command("project")
@click.argument("picture", type=flags.PATH)
@flags.run_option("Trained run.", required=True)
@click.option("--steps", type=int, default=200, show_default=True, help="More come nearer.")
@flags.label("Class to look in.  [default: all]")
@flags.out("Folder.  [default: RUN/projected]")
@flags.overwrite
@flags.no_record
@flags.no_mark
@flags.plugin
@flags.threads
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
            label=flags.read_label(run, given["label"]),
            report=notes.append,
            show=lambda step: reach(step + 1),
        )
    folder = given["out"] or run.path / "projected"
    latents = folder / f"{picture.stem}.safetensors"
    save_points(latents, [found.point], overwrite=given["overwrite"])
    points = run.points(file=latents)
    (made,) = artgan.sample_to(
        run,
        points,
        folder,
        overwrite=given["overwrite"],
        keep_record=not given["no_record"],
        keep_mark=not given["no_mark"],
    ).files
    output.result(
        {
            "picture": str(made),
            "latents": str(latents),
            "error": round(found.error, 3),
            "notes": notes,
        },
        *[f"{picture.name}: {note}" for note in notes],
        f"{made} differs by {found.error:.1f} of 255 levels",
        f"Its latent: {latents}",
    )


@click.command("directions")
@flags.run
@click.option("--count", type=click.IntRange(1, 64), default=8, show_default=True, help="How many.")
@flags.choice(
    "--method",
    ("components", "sefa"),
    "What varies most, or what the first weights respond to most.",
)
@click.option("--name", multiple=True, metavar="OLD=NEW", help="Rename: 0=tilt; may be repeated.")
@click.option("--seeds", default="1,2", show_default=True, help="Whose pictures the sheet shows.")
@flags.label("Class of the sheet's pictures.")
@flags.no_mark
@flags.plugin
@flags.threads
@flags.output
def directions_command(run: "artgan.Run", output: Output, **given: Any) -> None:
    """Find the directions in which the pictures of a trained RUN change most.

    No labels are needed. They are kept in the RUN with a sheet that shows each from -3 to 3; look
    at it, name them, and move along them with artgan sample --move.

    \b
    Examples:
      artgan directions runs/dcgan-001
      artgan directions runs/dcgan-001 --name 0=tilt --name 3=weight
      artgan sample runs/dcgan-001 --seeds 1 --move tilt=2
    """
    from artgan.base.seeding import parse_seeds
    from artgan.sheets.direction_sheet import direction_sheet

    sheet = run.path / "directions.png"
    label = flags.read_label(run, given["label"])
    with waiting("finding directions", hidden=output.hidden):
        if given["name"]:
            found = _rename(run, given["name"])
        else:
            found = run.find_directions(given["count"], method=given["method"])
        seeds, keep_mark = parse_seeds(given["seeds"]), not given["no_mark"]
        direction_sheet(run, found, sheet, seeds, label, keep_mark=keep_mark)
    output.result(
        {"names": list(found.names), "sheet": str(sheet)},
        f"{count_of(len(found.names), 'direction')}: {', '.join(found.names)}",
        f"Look at {sheet}",
    )


def _rename(run: "artgan.Run", names: Sequence[str]) -> "Directions":
    """Rename the directions that a run has, as "0=tilt" says."""
    from artgan.errors import OptionError
    from artgan.latents.directions import read_directions, write_directions

    found = read_directions(run.path, run.checkpoint.sha256)
    for text in names:
        old, equals, new = text.partition("=")
        if not equals:
            raise OptionError(f"--name {text} does not fit; expected OLD=NEW, as in 0=tilt")
        found = found.renamed(old.strip(), new.strip())
    write_directions(run.path, found)
    return found
