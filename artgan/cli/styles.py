"""``artgan style`` and ``matrix``: look at styles, turn their knobs, write them as files."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.catalogue import print_entries, style_lines
from artgan.cli.output import Output, bar, counting_bar, say

if TYPE_CHECKING:
    from artgan.base.contributions import Entry

toml_flag = flags.out("TOML file to write.")
page_flags = flags.group(
    flags.out("Page to write.", default=Path("styles.html")),
    click.option(
        "--size",
        type=click.IntRange(64, 4096),
        default=640,
        help="Longer side of each whole picture in pixels; small ones make a small page.",
    ),
    flags.seed(),
    flags.no_mark,
    flags.plugin,
    flags.filter_threads,
    flags.output,
)


@click.command("styles")
@click.option("--preview", required=True, type=flags.PATH, help="Picture to show them on.")
@page_flags
def styles_command(preview: Path, output: Output, **given: Any) -> None:
    """Show every style on your own picture, as one page; the same as ``artgan style preview``.

    \b
    Examples:
      artgan styles --preview photo.jpg
      artgan styles --preview photo.jpg --out looks.html
    """
    _write_page(preview, (), output, given)


def _write_page(
    preview: Path, styles: tuple[str, ...], output: Output, given: Mapping[str, Any]
) -> None:
    """Write the page of all styles, or of some, on a picture."""
    from artgan.base.paths import write_text
    from artgan.pictures.files import read_picture
    from artgan.pictures.told import styled_mark, tell_dropped_credentials
    from artgan.plugin_manager.load import default_registry
    from artgan.sheets.look_book import StoredPictures, style_page

    registry, out = default_registry(), given["out"]
    entries = [registry.find("style", name) for name in styles] or registry.entries("style")
    picture, count = read_picture(preview), len(entries)
    mark = None if given["no_mark"] else styled_mark(preview)
    with counting_bar(count, "style", hidden=output.hidden) as add:
        more = {"seed": given["seed"], "stored": StoredPictures(given["size"], mark)}
        page = style_page(picture, preview.name, registry, entries=_counted(entries, add), **more)
    write_text(out, page)
    tell_dropped_credentials([preview], output.note)
    output.result({"file": str(out), "styles": count}, f"{count_of(count, 'style')} in {out}")


def _counted(entries: "Sequence[Entry]", add: Callable[[], object]) -> "Iterator[Entry]":
    """Yield entries, and count each that is done with."""
    for entry in entries:
        yield entry
        add()


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

    With a run, seed, label, truncation, latents, sampler, step (of a checkpoint), style and
    move.DIRECTION can be varied too. Ranges are written as in 0..3..0.5.

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
    """Look at styles, and write them as files that can be changed and shared.

    \b
    Examples:
      artgan style list
      artgan style show neon
      artgan style preview photo.jpg
      artgan style make neon --out mine.toml
      artgan style make "pixelate cells=32 | dither palette=gameboy" --out mine.toml
      artgan style from styled/photo-neon.png --out found.toml
      artgan style pack "neon glow=2 | tile" --out mine.toml
      artgan apply --style mine.toml photo.jpg --out styled
    """


@style_command.command("list")
@flags.plugin
@flags.json_output
def list_command(output: Output) -> None:
    """List all styles."""
    print_entries("style", output)


@style_command.command("preview")
@click.argument("picture", type=flags.PATH)
@click.option("--style", multiple=True, help="Style to show; repeatable.  [default: all]")
@page_flags
def preview_command(picture: Path, style: tuple[str, ...], output: Output, **given: Any) -> None:
    """Show styles on your own PICTURE, as one page: each whole, and a piece pixel by pixel.

    \b
    Examples:
      artgan style preview photo.jpg
      artgan style preview photo.jpg --style neon --style riso --out two.html
    """
    _write_page(picture, style, output, given)


@style_command.command("show")
@click.argument("style")
@toml_flag
@flags.overwrite
@flags.plugin
@flags.json_output
def show_command(style: str, out: Path | None, overwrite: bool, output: Output) -> None:
    """Show a STYLE: a name with its knobs, or a chain.

    What is printed is the style file too: what is for people alone begins with #.

    \b
    Examples:
      artgan style show neon
      artgan style show "neon glow=2 | tile"
      artgan style show neon --json
    """
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.files import style_facts, style_toml

    text = style_toml(style, default_registry())
    if out is not None:
        _write_or_print(text, out, overwrite)
        return
    facts = style_facts(text)
    lines = (f"# {line}".rstrip() for line in style_lines(style, facts, steps=False))
    output.result(facts, *lines, *text.rstrip("\n").split("\n"), indent=1, ensure_ascii=False)


@style_command.command("make")
@click.argument("styles", nargs=-1, required=True)
@click.option("--name", help="Name of the new style.  [default: the file's]")
@click.option("--summary", help="One sentence for lists.")
@toml_flag
@flags.overwrite
@flags.plugin
def make_command(styles: tuple[str, ...], out: Path | None, overwrite: bool, **given: Any) -> None:
    """Make a style file of STYLES: one to change, or several that are applied one after another.

    A style alone keeps its knobs. Without --out the file is printed.

    \b
    Examples:
      artgan style make neon --out mine.toml
      artgan style make "neon glow=2" tile --out wall.toml --summary "Neon on tiles."
      artgan style make "pixelate cells=32 | dither palette=gameboy" --name pocket
    """
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.files import style_toml

    name = given["name"] or (out.stem if out and len(styles) > 1 else None)
    text = style_toml(" | ".join(styles), default_registry(), name=name, summary=given["summary"])
    _write_or_print(text, out, overwrite)


@style_command.command("from")
@click.argument("picture", type=flags.PATH)
@toml_flag
@flags.overwrite
@flags.plugin
def from_command(picture: Path, out: Path | None, overwrite: bool) -> None:
    """Print or write the style that a PICTURE was made with.

    \b
    Examples:
      artgan style from styled/photo-neon.png --out found.toml
    """
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
