"""``artgan series``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import only_flag
from artgan.cli.main import say

TEMPLATE = """\
# {name}.toml - make it with: artgan series make {name}.toml
name = "{name}"
run = "{run}"
count = 24
seed = 1
style = "neon"

# Pictures that look like one of a lower number are turned away.
reject-near-duplicates = true

# What differs from picture to picture. Weights tell how often each value comes.
[vary.palette]
values = ["neon", "ember", "lagoon"]
weights = [3, 2, 1]

# A knob of the style, drawn from a range; artgan show style neon lists its knobs.
[vary."style.glow"]
low = 0.6
high = 1.6
"""


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
@click.option("--run", required=True, type=click.Path(path_type=Path), help="A trained run.")
@click.option("--out", type=click.Path(path_type=Path), help="File.  [default: NAME.toml]")
def new_command(name: str, run: Path, out: Path | None) -> None:
    """Write a series file to change."""
    from artgan.base.paths import replacing
    from artgan.run import load_run
    from artgan.series.definition import SeriesDefinition

    load_run(run)
    SeriesDefinition(name, run)
    path = out or Path(f"{name}.toml")
    with replacing(path, keep=True) as temporary:
        text = TEMPLATE.format(name=name, run=str(run).replace("\\", "/"))
        temporary.write_text(text, encoding="utf-8")
    say(f"Written: {path}. Change it, then: artgan series make {path}")


@series_command.command("make")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: editions/NAME]")
@click.option("--count", type=click.IntRange(1), help="Another count; the first pictures stay.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def make_command(file: Path, **given: Any) -> int:
    """Make the pictures of a series FILE, or those that are missing.

    Stopping is safe at any time: the next start goes on.
    """
    from artgan.series.series import Series

    series = Series.read(file)
    series.count = given["count"] or series.count
    out = given["out"] or Path("editions") / series.name
    try:
        with bar(series.count, "picture", hidden=given["quiet"] or given["as_json"]) as reach:
            written = series.write(out, show=lambda told: reach(told.number))
    except KeyboardInterrupt:
        click.echo("Interrupted; what is done stays, and the same command goes on.", err=True)
        return 130
    for error in written.errors:
        click.echo(f"Not made: {error}", err=True)
    if given["as_json"]:
        files = [str(path) for path in written.files]
        click.echo(json.dumps({"files": files, "errors": written.errors, "made": written.made}))
    elif not given["quiet"]:
        there = len(written.files) - written.made
        already = f", {there} were there" if there else ""
        say(f"Made {written.made} pictures{already}: {out}")
        say(f"Look at {out / 'index.html'}")
    return 3 if written.errors else 0


@series_command.command("pdf")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File.  [default: FOLDER/NAME.pdf]")
@click.option("--paper", default="a4", show_default=True, help="A4, square, 20x25cm ...")
@click.option("--dpi", type=float, default=200, show_default=True, help="Pixels per inch.")
@click.option("--margin", type=click.FloatRange(0), default=25, show_default=True, help="In mm.")
@click.option("--background", default="#ffffff", show_default=True, help="Colour of the paper.")
@only_flag
@click.option("--no-captions", is_flag=True, help="Leave out number and traits.")
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
def pdf_command(folder: Path, out: Path | None, only: str, **given: Any) -> None:
    """Make a PDF of a written series: a page for each picture, with a caption."""
    from artgan.curation.choices import chosen_pictures
    from artgan.printing.paper import Sheet, parse_paper
    from artgan.printing.pdf import write_pdf
    from artgan.series.manifest import caption
    from artgan.series.verify import open_series

    series, lines = open_series(folder)
    by_file = {line["file"]: line for line in lines}
    pictures = [path for path in chosen_pictures(folder, only) if path.name in by_file]
    width, height = parse_paper(given["paper"], given["dpi"])
    sheet = Sheet(
        width=width,
        height=height,
        dpi=given["dpi"],
        margin=given["margin"],
        fit="inside",
        paper=given["background"],
    )
    captions = [caption(series, by_file[path.name]) for path in pictures]
    path = out or folder / f"{series.name}.pdf"
    words = [] if given["no_captions"] else captions
    with bar(len(pictures), "page") as reach:
        write_pdf(pictures, sheet, path, captions=words, overwrite=given["overwrite"], show=reach)
    say(f"{len(pictures)} pages: {path}")


@series_command.command("verify")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--count", default=10, show_default=True, type=click.IntRange(1), help="How many.")
def verify_command(folder: Path, count: int) -> int:
    """Make some numbers of a series again and compare bytes."""
    from artgan.plugin_manager.load import default_registry
    from artgan.series.verify import verify_series

    found = []
    with bar(count, "picture") as reach:
        for one in verify_series(folder, default_registry(), count):
            found.append(one)
            reach(len(found))
    for one in found:
        click.echo(f"{one.number:04d}  {'identical' if one.same else one.reason}")
    wrong = sum(not one.same for one in found)
    say(f"{len(found) - wrong} of {len(found)} identical")
    return 1 if wrong else 0
