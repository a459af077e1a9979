"""``artgan curate``."""

import webbrowser
from pathlib import Path
from typing import Any, Literal

import click

import artgan
from artgan.cli import flags
from artgan.cli.output import bar, count_of, say


@click.command("curate")
@click.argument("folder", type=flags.PATH)
@click.option("--pick", type=click.IntRange(1), help="Star this many pictures automatically.")
@flags.choice(
    "--by",
    ("variety", "taste"),
    "With --pick: the most different ones, or those the discriminator takes for real.",
)
@flags.run_option("With --by taste: the run that made them.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page.")
@click.option("--open/--no-open", "opened", default=True, help="Open the browser.")
@flags.plugin
def curate_command(folder: Path, pick: int | None, **given: Any) -> None:
    """Choose among the pictures of a FOLDER: star, keep, reject.

    A page on this machine alone shows them; keys choose, and each choice is saved at once as a
    line of choices.txt. Ctrl-C ends it.

    \b
    Examples:
      artgan curate editions/tides
      artgan curate editions/tides --pick 12 --by variety
      artgan curate runs/dcgan-001/samples --pick 12 --by taste --run runs/dcgan-001
    """
    if pick is not None:
        starred = _pick(folder, pick, given["by"], given["run"])
        say(f"Starred {count_of(starred, 'picture')} in {folder}: choices.txt")
        return
    from artgan.curation.server import serve

    def ready(address: str) -> None:
        say(f"Choose at {address}")
        say("Ctrl-C ends it; choices are saved in choices.txt as you go.")
        if given["opened"]:
            webbrowser.open(address)

    serve(folder, given["port"], ready)


def _pick(
    folder: Path, count: int, by: Literal["variety", "taste"], run: "artgan.Run | None"
) -> int:
    """Star pictures beside the choices made already; return how many."""
    from artgan.curation.choices import chosen_pictures, read_choices, write_choices

    if by == "taste" and run is None:
        raise click.UsageError("--by taste needs --run, the run that made the pictures.")
    offered = chosen_pictures(folder, "all")
    with bar(len(offered), "picture") as reach:
        best = artgan.pick(folder, count, by, run, reach)
    home = best[0].parent
    write_choices(home, {**read_choices(home), **{path.name: "star" for path in best}})
    return len(best)
