"""``artgan apply``, and ``style``, ``styles`` and ``matrix``: styles as files and look books."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.dynamic import StyleCommand, chain_flags, read_chain
from artgan.cli.output import SOME_FAILED, Output, bar, counting_bar, say

if TYPE_CHECKING:
    from artgan.curation.picture_files import Job
    from artgan.styling.chain import Chain

MOST_NOTES = 8

ANIMATED = (".png", ".webp")
"""Endings of pictures that can be animations."""

toml_flag = flags.out("TOML file to write.")


@click.command("apply", cls=StyleCommand)
@click.argument("pictures", nargs=-1, type=flags.PATH)
@chain_flags
@flags.out("Folder.")
@flags.only
@click.option("--show-style", is_flag=True, help="Print the style as TOML and stop.")
@flags.seed("Random seed of the style.")
@flags.file_format
@flags.no_record
@flags.no_mark
@flags.overwrite
@flags.plugin
@flags.filter_threads
@flags.output
def apply_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> int:
    """Style any PICTURES, files or whole folders; the results are files in a folder.

    Of animations (GIF, WebP, PNG) all frames are styled, with --format png or webp. Of the samples
    of a run the raw ones are taken.

    \b
    Examples:
      artgan apply --style gameboy photo.jpg --out styled
      artgan apply --style neon --style tile *.png --out walls
      artgan apply --style riso holiday-photos --out prints
      artgan apply --filter "halftone:angle=30,lines=80" photo.jpg --out print
      artgan apply --style mat cards --only star --out framed
    """
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import plan_files
    from artgan.errors import ArtganError
    from artgan.pictures.told import CREDENTIALS_DROPPED, has_credentials
    from artgan.plugin_manager.load import default_registry
    from artgan.sampling.write import style_label
    from artgan.styling.files import chain_toml

    style, chain = read_chain(given)
    if given["show_style"]:
        click.echo(chain_toml(chain), nl=False)
        return 0
    if not pictures or given["out"] is None:
        raise click.UsageError("Expected PICTURES and --out FOLDER.")
    only = given["only"]
    chosen = pictures if only == "all" else given_pictures(pictures, only, output.note)
    jobs = plan_files(chosen, given["out"], style_label(style), given["format"], output.note)
    files: list[str] = []
    errors: list[tuple[str, str]] = []
    notes: dict[str, None] = {}
    read: dict[str, list[str]] = {}
    with bar(len(jobs), "picture", hidden=output.hidden) as reach:
        for index, job in enumerate(jobs):
            try:
                told: list[str] = []
                record = _apply(chain, job, given, index, len(jobs), told.append)
                if has_credentials(job.source):
                    told.append(CREDENTIALS_DROPPED)
                for text in told:
                    read.setdefault(text, []).append(str(job.source))
                notes.update(dict.fromkeys(record["style"]["notes"]))
                files.append(str(job.target))
            except ArtganError as error:
                named = str(job.source) in str(error)
                errors.append(("" if named else f"'{job.source}'", str(error)))
            reach(index + 1)
    styles = default_registry().entries("style")
    # Steps of a shipped style end tilings and palettes on purpose.
    shipped = style in [entry.declaration.name for entry in styles if entry.plugin.id == "core"]
    for text, names in read.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        output.note(f"'{names[0]}'{more}: {text}")
    for text in [] if shipped else list(notes)[:MOST_NOTES]:
        output.note(text)
    output.result(
        {
            "files": files,
            "errors": [": ".join(filter(None, error)) for error in errors],
            "notes": [*read, *notes],
        },
        *([f"{count_of(len(files), 'picture')} in {given['out']}"] if files else []),
    )
    _print_errors(errors)
    return (SOME_FAILED if files else 1) if errors else 0


def _apply(
    chain: "Chain",
    job: "Job",
    given: Mapping[str, Any],
    index: int,
    total: int,
    note: Callable[[str], None],
) -> Mapping[str, Any]:
    """Style one picture, number ``index`` of ``total``; return its record.

    ``note`` is called with what was assumed in reading it.
    """
    from artgan.animation.restyle import frame_times, style_animation
    from artgan.pictures.files import picture_with_record, save_picture, to_pil
    from artgan.pictures.formats import takes_layers
    from artgan.pictures.records import applied_record
    from artgan.pictures.told import told_by
    from artgan.plugin.files import FileLayer
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.apply import apply_style

    seed, registry = given["seed"], default_registry()
    style = partial(apply_style, chain, registry=registry, seed=seed, index=index, total=total)
    about, overwrite = flags.metadata(given), given["overwrite"]
    if job.target.suffix in ANIMATED and frame_times(job.source):
        return style_animation(
            job.source, job.target, style, seed=seed, about=about, overwrite=overwrite
        )
    picture, made_by = picture_with_record(job.source, note)
    styled = style(picture)
    record = applied_record(
        styled.record,
        seed,
        picture.pixels,
        source=job.source.name,
        made_by=made_by,
        told={} if made_by else told_by(job.source),
    )
    below: tuple[FileLayer, ...] = ()
    if takes_layers(job.target) and picture.pixels.shape[:2] == styled.picture.pixels.shape[:2]:
        below = (FileLayer("original", to_pil(picture)),)
    save_picture(styled.picture, job.target, about(record), overwrite=overwrite, layers=below)
    return record


def _print_errors(errors: Sequence[tuple[str, str]]) -> None:
    """Print errors, each text once, with the first picture that it belongs to."""
    alike = Counter(text for _, text in errors)
    for name, text in errors:
        count = alike.pop(text, 0)
        if count:
            more = f" and {count - 1} more" if count > 1 else ""
            say(f"Error: {f'{name}{more}: ' if name else ''}{text}", err=True)


@click.command("styles")
@click.option("--preview", required=True, type=flags.PATH, help="Picture to show them on.")
@flags.out("Page to write.", default=Path("styles.html"))
@click.option(
    "--size",
    type=click.IntRange(64, 4096),
    default=640,
    help="Longer side of each picture in pixels; small ones make a small page.",
)
@flags.seed()
@flags.no_mark
@flags.plugin
@flags.filter_threads
@flags.output
def styles_command(
    preview: Path, out: Path, size: int, seed: int, no_mark: bool, output: Output
) -> None:
    """Show every style on your own picture, as one page.

    \b
    Examples:
      artgan styles --preview photo.jpg
      artgan styles --preview photo.jpg --out looks.html
    """
    from artgan.base.paths import write_text
    from artgan.pictures.files import read_picture
    from artgan.pictures.told import styled_mark, tell_dropped_credentials
    from artgan.plugin_manager.load import default_registry
    from artgan.sheets.look_book import StoredPictures, style_page

    registry = default_registry()
    picture, count = read_picture(preview), len(registry.entries("style"))
    mark = None if no_mark else styled_mark(preview)
    stored = StoredPictures(size, mark)
    with counting_bar(count, "style", hidden=output.hidden) as add:
        page = style_page(
            picture, preview.name, registry, seed=seed, stored=stored, show=lambda _: add()
        )
    write_text(out, page)
    tell_dropped_credentials([preview], output.note)
    output.result({"file": str(out), "styles": count}, f"{count_of(count, 'style')} in {out}")


@click.command("matrix")
@click.argument("source", type=flags.PATH)
@click.option("--style", help="Style whose knobs are turned.  [default: the run's]")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    help="what=value,value or what=low..high..step; may be repeated: across, then down.",
)
@flags.out("PNG to write.", default=Path("matrix.png"))
@flags.no_record
@flags.no_mark
@flags.overwrite
@flags.seed()
@flags.plugin
@flags.filter_threads
@flags.output
def matrix_command(
    source: Path, style: str | None, vary: tuple[str, ...], output: Output, **given: Any
) -> None:
    """Turn one or two knobs of a style on a picture or a RUN, in a labelled grid.

    With a run, seed, label, truncation, step (of a checkpoint), style and move.DIRECTION can be
    varied too. Ranges are written as in 0..3..0.5.

    \b
    Examples:
      artgan matrix photo.jpg --style neon --vary glow=0.1,0.5,0.9
      artgan matrix photo.jpg --style neon --vary glow=0..3..0.5
      artgan matrix photo.jpg --style neon --vary glow=0,1,2 --vary palette=neon,ember
      artgan matrix runs/dcgan-001 --vary seed=1..6 --vary truncation=0.4..1..0.2
      artgan matrix runs/dcgan-001 --style neon --vary move.tilt=-2..2 --vary glow=0.5,2
    """
    from artgan.pictures.files import save_png
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.sheets.matrix import parse_axis

    if style is None and source.is_file():
        raise click.UsageError("With a picture, --style says whose knobs are turned.")
    axes, seed, out = [parse_axis(text) for text in vary], given["seed"], given["out"]
    cells = math.prod(len(values) for _, values in axes)
    with bar(cells, "cell", hidden=output.hidden) as reach:
        sheet = artgan.matrix(source, axes, style or None, seed=seed, show=reach)
    about = flags.metadata(given)(sheet.info["artgan"])
    save_png(sheet, out, about, overwrite=given["overwrite"])
    tell_dropped_credentials([source] if source.is_file() else [], output.note)
    output.result(
        {"file": str(out), "width": sheet.width, "height": sheet.height},
        f"{sheet.width}x{sheet.height} pixels in {out}",
    )


@click.group("style")
def style_command() -> None:
    """Write styles as files that can be changed and shared.

    \b
    Examples:
      artgan style show neon --out mine.toml
      artgan style show "pixelate cells=32 | dither palette=gameboy" --out mine.toml
      artgan style from styled/photo-neon.png --out found.toml
      artgan style pack "neon glow=2 | tile" --out mine.toml
      artgan apply --style mine.toml photo.jpg --out styled
    """


@style_command.command("show")
@click.argument("style")
@toml_flag
@flags.overwrite
@flags.plugin
def show_command(style: str, out: Path | None, overwrite: bool) -> None:
    """Print or write a STYLE as a file to start from: a name with its knobs, or a chain."""
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.files import style_toml

    _write_or_print(style_toml(style, default_registry()), out, overwrite)


@style_command.command("from")
@click.argument("picture", type=flags.PATH)
@toml_flag
@flags.overwrite
@flags.plugin
def from_command(picture: Path, out: Path | None, overwrite: bool) -> None:
    """Print or write the style that a PICTURE was made with."""
    from artgan.core.requirements import missing_plugins
    from artgan.pictures.files import read_record
    from artgan.pictures.record_needs import record_needs
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.files import picture_toml

    _write_or_print(picture_toml(picture), out, overwrite)
    for absent in missing_plugins(*record_needs(read_record(picture) or {}), default_registry()):
        say(f"Needs {absent}", err=True)


@style_command.command("pack")
@click.argument("style")
@toml_flag
@flags.overwrite
@flags.plugin
def pack_command(style: str, out: Path | None, overwrite: bool) -> None:
    """Print or write a STYLE as one file that needs no other: palettes as colours, knobs kept.

    \b
    Examples:
      artgan style pack dusk.toml --out dusk-for-friends.toml
      artgan style pack "neon glow=2 | tile" --out mine.toml
    """
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.pack import pack_style

    name = out.stem if out else ""
    _write_or_print(pack_style(style, default_registry(), name), out, overwrite)


def _write_or_print(text: str, out: Path | None, overwrite: bool) -> None:
    from artgan.base.paths import write_text

    if out is None:
        for line in text.rstrip("\n").split("\n"):
            say(line)
        return
    write_text(out, text, keep=not overwrite)
    say(f"style in {out}")
