"""``artgan curate``."""

import webbrowser
from pathlib import Path

import click

from artgan.cli.bar import bar
from artgan.cli.main import say


@click.command("curate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pick", type=click.IntRange(1), help="Star so many without asking.")
@click.option(
    "--by",
    type=click.Choice(["variety", "taste"]),
    default="variety",
    show_default=True,
    help="With --pick: as unlike each other as can be, or what the discriminator likes.",
)
@click.option("--run", type=click.Path(path_type=Path), help="With --by taste: the run.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page.")
@click.option("--open/--no-open", "opened", default=True, help="Open the browser.")
def curate_command(
    folder: Path, pick: int | None, by: str, run: Path | None, port: int, opened: bool
) -> None:
    """Choose among the pictures of a FOLDER: star, keep, reject.

    A page on this machine alone shows them; keys choose, and each choice is saved at once as a
    line of choices.txt. Ctrl-C ends it.

    \b
    Examples:
      artgan curate editions/tides
      artgan curate editions/tides --pick 12 --by variety
      artgan curate runs/dcgan-001/samples --pick 12 --by taste --run runs/dcgan-001
    """
    from artgan.curation.server import serve

    if pick is None:

        def ready(address: str) -> None:
            say(f"Choose at {address}")
            say("Ctrl-C ends it; choices are kept in choices.txt as you go.")
            if opened:
                webbrowser.open(address)

        serve(folder, port, ready)
        return
    say(f"Starred {_pick(folder, pick, by, run)} pictures in {folder}: choices.txt")


def _pick(folder: Path, count: int, by: str, run: Path | None) -> int:
    from artgan.curation.choices import pictures_in, read_choices, write_choices
    from artgan.curation.picks import pick_by_taste, pick_by_variety
    from artgan.plugin_manager.load import default_registry
    from artgan.run import load_run

    pictures = pictures_in(folder)
    home = pictures[0].parent
    chosen = read_choices(home)
    # What was rejected by hand stays so.
    offered = [path for path in pictures if chosen.get(path.name) != "reject"]
    if by == "taste":
        if run is None:
            raise click.UsageError("--by taste needs --run, the run that made the pictures.")
        with bar(len(offered), "picture") as reach:
            best = pick_by_taste(offered, count, load_run(run), reach)
    else:
        with bar(len(offered), "picture") as reach:
            best = pick_by_variety(offered, count, default_registry(), reach)
    write_choices(home, {**chosen, **{path.name: "star" for path in best}})
    return len(best)
