"""``artgan series``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import INTERRUPTED, Output, bar, counting_bar, say
from artgan.cli.paper import background_flag, dpi_flag, margin_flag

WORDS = ("title", "artist", "year", "licence")
"""What a PDF says of a series."""

MOST_REFUSED = 8
"""Refused seeds that are told of one by one."""

TEMPLATE = """\
# {name}.toml - make it with: artgan series make {name}.toml
name = "{name}"
run = "{run}"
count = 24
seed = 1
style = "neon"

# Written into every picture, the PDF and the metadata; fill in what you like.
title = "{title}"
# artist = "Your Name"
# year = "2026"
# licence = "CC BY 4.0"

# Pictures that are empty, look like one of a lower number, or fail, give way to the next seed.
refuse = ["blank", "near-duplicate", "failure"]

# What differs from picture to picture; weights say how often each value comes.
[vary.palette]
values = ["neon", "ember", "lagoon"]
weights = [3, 2, 1]
title = "Palette"

# A knob of the style, drawn from a range; artgan style show neon lists its knobs.
[vary."style.glow"]
low = 0.6
high = 1.6
title = "Glow"
step = 0.1
"""

folder_argument = click.argument("folder", type=flags.PATH)


@click.group("series", no_args_is_help=True)
def series_command() -> None:
    """Make numbered, reproducible series of pictures.

    \b
    Examples:
      artgan series new tides --run runs/dcgan-001
      artgan series make tides.toml --out editions/tides
      artgan series verify editions/tides
    """


@series_command.command("new")
@click.argument("name")
@flags.run_option("Trained run.", required=True)
@flags.out("File.  [default: NAME.toml]")
@flags.plugin
def new_command(name: str, run: "artgan.Run", out: Path | None) -> None:
    """Write a series file to change."""
    from artgan.base.paths import write_text
    from artgan.series.definition import SeriesDefinition

    SeriesDefinition(name, run.path)
    path = out or Path(f"{name}.toml")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    text = TEMPLATE.format(name=name, title=title, run=run.path.as_posix())
    write_text(path, text, keep=True)
    say(f"Wrote {path}. Change it, then: artgan series make {path}")


@series_command.command("make")
@click.argument("file", type=flags.PATH)
@flags.out("Folder.  [default: editions/NAME]")
@click.option("--count", type=click.IntRange(1), help="Another count; the first pictures stay.")
@flags.no_mark
@flags.plugin
@flags.threads
@flags.output
def make_command(
    file: Path, out: Path | None, count: int | None, no_mark: bool, output: Output
) -> int:
    """Make the pictures of a series FILE, or those that are missing.

    Stopping is safe at any time: the next start goes on.
    """
    series = artgan.Series.read(file)
    series.count = count or series.count
    out = out or Path("editions") / series.name
    try:
        with bar(series.count, "picture", hidden=output.hidden) as reach:
            written = series.write(out, keep_mark=not no_mark, show=lambda one: reach(one.number))
    except KeyboardInterrupt:
        say("Interrupted; what is done stays, and the same command goes on.", err=True)
        return INTERRUPTED
    kept = len(written.files) - written.made
    already = f", {kept} {'was' if kept == 1 else 'were'} there" if kept else ""
    output.result(
        {
            "files": [str(path) for path in written.files],
            "errors": written.errors,
            "made": written.made,
            "refused": written.refused,
        },
        f"Made {count_of(written.made, 'picture')}{already}: {out}",
        f"Look at {out / 'index.html'}",
    )
    for each in written.refused[:MOST_REFUSED]:
        output.note(f"refused {each}")
    if len(written.refused) > MOST_REFUSED:
        output.note(f"refused {len(written.refused) - MOST_REFUSED} more")
    return output.failures("Not made", written.errors)


@series_command.command("pdf")
@folder_argument
@flags.out("File.  [default: FOLDER/NAME.pdf]")
@click.option("--paper", default="a4", show_default=True, help="A4, square, 20x25cm ...")
@dpi_flag(200)
@margin_flag(25)
@background_flag
@flags.only
@click.option("--no-captions", is_flag=True, help="Leave out number and traits.")
@flags.overwrite
@flags.no_mark
@flags.plugin
@flags.output
def pdf_command(folder: Path, out: Path | None, output: Output, **given: Any) -> None:
    """Make a PDF of a written series: a page for each picture, with a caption."""
    from artgan.curation.choices import chosen_pictures
    from artgan.plugin_manager.load import default_registry
    from artgan.printing.paper import make_sheet
    from artgan.printing.pdf import PdfLayout, Words, write_pdf
    from artgan.series.manifest import caption
    from artgan.series.measured import find_measures, with_measured
    from artgan.series.verify import open_series

    series, lines = open_series(folder)
    measures = find_measures(series, default_registry())
    series, lines = with_measured(series, lines, folder, measures)
    by_file = {line["file"]: line for line in lines}
    pictures = [path for path in chosen_pictures(folder, given["only"]) if path.name in by_file]
    look = {"fit": "inside", "margin": given["margin"], "paper": given["background"]}
    sheet = make_sheet(given["paper"], given["dpi"], **look)
    captions = [caption(series, by_file[path.name]) for path in pictures]
    path = out or folder / f"{series.name}.pdf"
    shown = [] if given["no_captions"] else captions
    said = Words(**{word: series.about.get(word, "") for word in WORDS})
    layout = PdfLayout(sheet, shown, keep_mark=not given["no_mark"], words=said)
    with bar(len(pictures), "page", hidden=output.hidden) as reach:
        write_pdf(pictures, layout, path, overwrite=given["overwrite"], show=reach)
    output.result(
        {"file": str(path), "pages": len(pictures)}, f"{count_of(len(pictures), 'page')}: {path}"
    )


@series_command.command("verify")
@folder_argument
@click.option("--count", default=10, show_default=True, type=click.IntRange(1), help="How many.")
@flags.plugin
@flags.threads
def verify_command(folder: Path, count: int) -> int:
    """Make some numbers of a series again and compare bytes."""
    from artgan.plugin_manager.load import default_registry
    from artgan.series.verify import verify_series

    found = []
    with counting_bar(count, "picture") as add:
        for one in verify_series(folder, default_registry(), count):
            found.append(one)
            add()
    for one in found:
        say(f"{one.number:04d}  {'identical' if one.same else one.reason}")
    wrong = sum(not one.same for one in found)
    say(f"{len(found) - wrong} of {len(found)} identical")
    return 1 if wrong else 0
