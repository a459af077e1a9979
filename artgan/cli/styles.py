"""``artgan styles`` and ``artgan matrix``: look books."""

import math
from pathlib import Path

import click

from artgan.cli.bar import bar
from artgan.cli.flags import record_flag
from artgan.cli.main import say

seed_option = click.option("--seed", type=click.IntRange(0), default=0, help="Key of the chance.")


@click.command("styles")
@click.option(
    "--preview", required=True, type=click.Path(path_type=Path), help="Picture to show them on."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("styles.html"), help="Page to write."
)
@click.option(
    "--size",
    type=click.IntRange(64, 4096),
    default=640,
    help="Longer side of each picture in pixels; small ones make a small page.",
)
@seed_option
def styles_command(preview: Path, out: Path, size: int, seed: int) -> None:
    """Show every style on your own picture, as one page.

    \b
    Examples:
      artgan styles --preview photo.jpg
      artgan styles --preview photo.jpg --out looks.html
    """
    from artgan.base.paths import write_text
    from artgan.pictures.files import read_picture
    from artgan.plugin_manager.load import default_registry
    from artgan.sheets.look_book import style_page

    registry = default_registry()
    shown, count = read_picture(preview), len(registry.entries("style"))
    with bar(count, "style") as reach:
        done = iter(range(count))
        page = style_page(
            shown, preview.name, registry, seed=seed, side=size, show=lambda _: reach(next(done))
        )
    write_text(out, page)
    say(f"{count} styles in {out}")


@click.command("matrix")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--style", help="Style whose knobs are turned.  [default: the run's]")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    help="What=value,value or what=low..high..step: across, then down.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("matrix.png"), help="PNG to write."
)
@record_flag
@click.option("--overwrite", is_flag=True, help="Replace a file that differs.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@seed_option
def matrix_command(
    source: Path,
    style: str | None,
    vary: tuple[str, ...],
    out: Path,
    no_record: bool,
    overwrite: bool,
    quiet: bool,
    seed: int,
) -> None:
    """Turn one or two knobs of a style on a picture or a RUN, in a labelled grid.

    With a run, seed, label, truncation, step (of a checkpoint), style and move.DIRECTION can be
    varied too. Ranges go as in 0..3..0.5.

    \b
    Examples:
      artgan matrix photo.jpg --style neon --vary glow=0.1,0.5,0.9
      artgan matrix photo.jpg --style neon --vary glow=0..3..0.5
      artgan matrix photo.jpg --style neon --vary glow=0,1,2 --vary palette=neon,ember
      artgan matrix runs/dcgan-001 --vary seed=1..6 --vary truncation=0.4..1..0.2
      artgan matrix runs/dcgan-001 --style neon --vary move.tilt=-2..2 --vary glow=0.5,2
    """
    from artgan.pictures.files import save_png
    from artgan.plugin_manager.load import default_registry
    from artgan.sheets.matrix import matrix, parse_axis, run_matrix

    axes = [parse_axis(text) for text in vary]
    cells = math.prod(len(values) for _, values in axes)
    with bar(cells, "cell", hidden=quiet) as reach:
        if source.is_dir():
            from artgan.run import load_run

            run = load_run(source)
            sheet = run_matrix(run, style or run.config.style, axes, seed=seed, show=reach)
        elif style is None and source.is_file():
            raise click.UsageError("With a picture, --style says whose knobs are turned.")
        else:
            sheet = matrix(source, style, axes, default_registry(), seed=seed, show=reach)
    save_png(sheet, out, None if no_record else sheet.info["artgan"], overwrite=overwrite)
    if not quiet:
        say(f"{sheet.width}x{sheet.height} pixels in {out}")
