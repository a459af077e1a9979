"""``artgan curate`` and ``artgan sheet``: choose among pictures, and lay them out."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, bar, say

if TYPE_CHECKING:
    from artgan.curation.server import Curation


@click.command("curate")
@click.argument("folder", type=flags.PATH)
@click.option("--pick", type=click.IntRange(1), help="Star pictures until so many are.")
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
    from artgan.curation.choices import (
        chosen_pictures,
        read_choices,
        starred_pictures,
        write_choices,
    )
    from artgan.curation.server import serve
    from artgan.plugin_manager.load import default_registry

    if pick is not None:
        if given["by"] == "taste" and given["run"] is None:
            raise click.UsageError("--by taste needs --run, the run that made the pictures.")
        notes: list[str] = []
        with bar(len(chosen_pictures(folder, "all")), "picture") as reach:
            how = (given["by"], given["run"], reach, notes.append)
            best = artgan.pick(folder, pick, *how, count_stars=True)
        for note in notes:
            say(f"Note: {note}.", err=True)
        if best:
            home = best[0].parent
            write_choices(home, {**read_choices(home), **{path.name: "star" for path in best}})
        stars = len(starred_pictures(folder))
        before = f"; {count_of(stars, 'picture')} in all" if stars > len(best) else ""
        say(f"Starred {count_of(len(best), 'picture')} in {folder}: choices.txt{before}")
        return

    def ready(address: str, curation: "Curation") -> None:
        if curation.left_out:
            count = count_of(len(curation.left_out), "picture")
            say(f"Left out: {count} not in the folder itself: {curation.left_out[0]} ...", err=True)
        say(f"Choose at {address}")
        say("Ctrl-C ends it; choices are saved in choices.txt as you go.")
        if given["opened"]:
            webbrowser.open(address)

    serve(folder, given["port"], ready, default_registry().entries("panel"))


@click.command("sheet")
@flags.pictures
@flags.only
@click.option("--cell", help="Side in pixels, or 32x48 (wide x high).  [default: the largest's]")
@click.option("--columns", type=click.IntRange(1), help="Cells in a row.  [default: near square]")
@click.option(
    "--gap", type=click.IntRange(0), default=0, show_default=True, help="Pixels between cells."
)
@click.option("--edge", type=click.IntRange(0), help="Pixels around all.  [default: the gap]")
@click.option(
    "--background", default="clear", show_default=True, help="Colour as hex, clear or chequered."
)
@click.option("--captions", is_flag=True, help="Write the name below each picture.")
@click.option("--atlas", is_flag=True, help="Also write a .json that game engines read.")
@click.option("--fps", type=click.FloatRange(0.1, 1000), help="With --atlas: frames per second.")
@flags.out("A .png, .webp, .jpg or .tiff file.", default=Path("sheet.png"), show_default=True)
@flags.overwrite
@flags.no_mark
@flags.output
def sheet_command(pictures: tuple[Path, ...], out: Path, output: Output, **given: Any) -> int:
    """Lay PICTURES, or those of folders, out in equal cells on one sheet.

    Small pictures are enlarged by whole factors, so that their pixels stay square. With --cell of
    their own size they are copied pixel by pixel, with their transparency: a sprite sheet.

    \b
    Examples:
      artgan sheet cards --columns 8 --gap 8 --background 0c0c10 --out all-cards.png
      artgan sheet sprites --only star --cell 32 --columns 8 --atlas --out sprites.png
      artgan sheet frames --columns 12 --atlas --fps 12 --out walk.png
    """
    from artgan.core.config import parse_size
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import readable_pictures
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.sheets.grid import Grid, write_sheet_of

    if given["fps"] and not given["atlas"]:
        raise click.UsageError("--fps is written to the .json, so it needs --atlas.")
    # A size is read as height and width.
    cell = parse_size(given["cell"])[::-1] if given["cell"] else None
    found = given_pictures(pictures, given["only"], output.note)
    files, errors = readable_pictures(found, output.note)
    grid = Grid(
        cell=(cell[0], cell[1]) if cell else None,
        columns=given["columns"] or 0,
        gap=given["gap"],
        edge=given["edge"],
        background=given["background"],
        captions=tuple(file.stem for file in files) if given["captions"] else (),
        keep_mark=not given["no_mark"],
    )
    if given["captions"] and given["atlas"]:
        raise click.UsageError("--captions and --atlas exclude each other.")
    written = write_sheet_of(
        files, out, grid, atlas=given["atlas"], fps=given["fps"], overwrite=given["overwrite"]
    )
    tell_dropped_credentials(files, output.note)
    names = [str(path) for path in written]
    output.result(
        {"files": names, "cells": len(files)},
        f"{count_of(len(files), 'picture')}: {' and '.join(names)}",
    )
    return output.failures("Left out", errors)
