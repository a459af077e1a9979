"""``artgan apply``."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.bar import bar
from artgan.cli.dynamic import StyleCommand, chain_flags, read_chain
from artgan.cli.output import SOME_FAILED, Output, count_of, say

if TYPE_CHECKING:
    from artgan.curation.picture_files import Job
    from artgan.styling.chain import Chain

MOST_NOTES = 8


@click.command("apply", cls=StyleCommand)
@click.argument("pictures", nargs=-1, type=flags.PATH)
@chain_flags
@flags.out("Folder.")
@flags.only
@click.option("--show-style", is_flag=True, help="Print the style as TOML and stop.")
@flags.seed("Random seed of the style.")
@flags.file_format
@flags.no_record
@flags.overwrite
@flags.plugin
@flags.output
def apply_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> int:
    """Style any PICTURES, files or whole folders; the results are files in a folder.

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
    from artgan.sampling.write import style_label
    from artgan.styling.files import chain_toml

    style, chain = read_chain(given)
    if given["show_style"]:
        click.echo(chain_toml(chain), nl=False)
        return 0
    if not pictures or given["out"] is None:
        raise click.UsageError("Expected PICTURES and --out FOLDER.")
    only = given["only"]
    chosen = pictures if only == "all" else given_pictures(pictures, only)
    jobs = plan_files(chosen, given["out"], style_label(style), given["format"])
    files: list[str] = []
    errors: list[tuple[str, str]] = []
    notes: dict[str, None] = {}
    with bar(len(jobs), "picture", hidden=output.hidden) as reach:
        for index, job in enumerate(jobs):
            try:
                notes.update(dict.fromkeys(_apply(chain, job, given, index, len(jobs))))
                files.append(str(job.target))
            except ArtganError as error:
                named = str(job.source) in str(error)
                errors.append(("" if named else f"'{job.source}'", str(error)))
            reach(index + 1)
    for note in _notes_to_print(notes, style):
        output.say(f"Note: {note}.", err=True)
    output.result(
        {
            "files": files,
            "errors": [": ".join(filter(None, error)) for error in errors],
            "notes": list(notes),
        },
        *([f"{count_of(len(files), 'picture')} in {given['out']}"] if files else []),
    )
    _print_errors(errors)
    return (SOME_FAILED if files else 1) if errors else 0


def _apply(
    chain: "Chain", job: "Job", given: Mapping[str, Any], index: int, total: int
) -> Sequence[str]:
    """Style one picture, number ``index`` of ``total``; return notes on how it went."""
    from artgan.pictures.files import picture_with_record, save_picture
    from artgan.pictures.records import applied_record
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.apply import apply_style

    picture, made_by = picture_with_record(job.source)
    styled = apply_style(
        chain, picture, registry=default_registry(), seed=given["seed"], index=index, total=total
    )
    record = None
    if not given["no_record"]:
        record = applied_record(
            styled.record, given["seed"], picture.pixels, source=job.source.name, made_by=made_by
        )
    save_picture(styled.picture, job.target, record, overwrite=given["overwrite"])
    notes: Sequence[str] = styled.record["notes"]
    return notes


def _notes_to_print(notes: Iterable[str], style: Any) -> list[str]:
    """Choose the notes to print: a shipped style's steps end tilings and palettes on purpose."""
    from artgan.plugin_manager.load import default_registry

    styles = default_registry().entries("style")
    shipped = [entry.declaration.name for entry in styles if entry.plugin.id == "core"]
    return [] if style in shipped else list(notes)[:MOST_NOTES]


def _print_errors(errors: Sequence[tuple[str, str]]) -> None:
    """Print errors, each text once, with the first picture that it belongs to."""
    alike = Counter(text for _, text in errors)
    for name, text in errors:
        count = alike.pop(text, 0)
        if count:
            more = f" and {count - 1} more" if count > 1 else ""
            say(f"Error: {f'{name}{more}: ' if name else ''}{text}", err=True)
