"""``artgan apply``."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import StyleFlags, collect, format_flag, only_flag, record_flag
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.core.registry import Registry
    from artgan.curation.picture_files import Job
    from artgan.styling.chain import Chain

MOST_NOTES = 8


@click.command("apply", cls=StyleFlags)
@click.argument("pictures", nargs=-1, type=click.Path(path_type=Path))
@click.option("--style", multiple=True, help="Style or chain, repeatable.")
@click.option("--filter", multiple=True, help="Filter after the styles, repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder.")
@only_flag
@click.option("--show-style", is_flag=True, help="Print the style as TOML and stop.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Key of what is random.")
@format_flag
@record_flag
@click.option("--overwrite", is_flag=True, help="Replace files that differ.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def apply_command(**given: Any) -> int:
    """Style any PICTURES, files or whole folders; the results are files in a folder.

    \b
    Examples:
      artgan apply --style gameboy photo.jpg --out styled
      artgan apply --style neon --style tile *.png --out walls
      artgan apply --style riso holiday-photos --out prints
      artgan apply --filter "halftone:angle=30,lines=80" photo.jpg --out print
      artgan apply --style mat cards --only star --out framed
    """
    from artgan.errors import ArtganError
    from artgan.plugin_manager.load import default_registry
    from artgan.sampling.write import style_label
    from artgan.styling.checks import check_chain
    from artgan.styling.files import chain_toml
    from artgan.styling.parse import parse_style

    registry = default_registry()
    styles = [*given["style"], *given["filter"]]
    if not styles:
        raise click.UsageError("Say how: --style NAME or --filter NAME (see: artgan list style).")
    style = styles[0] if len(styles) == 1 else styles
    chain = parse_style(style, registry, knobs=collect(given).get("knobs"))
    check_chain(chain, registry)
    if given["show_style"]:
        click.echo(chain_toml(chain), nl=False)
        return 0
    if not given["pictures"] or given["out"] is None:
        raise click.UsageError("Expected PICTURES and --out FOLDER.")
    jobs = _jobs(given, style_label(style))
    files: list[str] = []
    errors: list[tuple[str, str]] = []
    notes: dict[str, None] = {}
    with bar(len(jobs), "picture", hidden=given["quiet"] or given["as_json"]) as reach:
        for index, job in enumerate(jobs):
            try:
                notes.update(dict.fromkeys(_apply(chain, job, given, index, len(jobs))))
                files.append(str(job.target))
            except ArtganError as error:
                named = str(job.source) in str(error)
                errors.append(("" if named else f"'{job.source}'", str(error)))
            reach(index + 1)
    if given["as_json"]:
        told = [": ".join(filter(None, error)) for error in errors]
        click.echo(json.dumps({"files": files, "errors": told, "notes": list(notes)}))
    elif not given["quiet"]:
        for note in _worth_saying(notes, style, registry):
            click.echo(f"Note: {note}.", err=True)
        if files:
            say(f"{len(files)} picture{'s' if len(files) != 1 else ''} in {given['out']}")
    return _told(errors, bool(files))


def _jobs(given: dict[str, Any], label: str) -> "list[Job]":
    """List what is to be read and written; --only looks at the choices made in each folder."""
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import plan_files

    pictures, only = given["pictures"], given["only"]
    chosen = pictures if only == "all" else given_pictures(pictures, only)
    return plan_files(chosen, given["out"], label, given["ending"])


def _told(errors: Sequence[tuple[str, str]], some: bool) -> int:
    """Print errors, equal ones once, and give the exit code: 3 if some pictures were made."""
    alike = Counter(text for _, text in errors)
    for name, text in errors:
        count = alike.pop(text, 0)
        if count:
            more = f" and {count - 1} more" if count > 1 else ""
            click.echo(f"Error: {f'{name}{more}: ' if name else ''}{text}", err=True)
    return (3 if some else 1) if errors else 0


def _worth_saying(notes: Iterable[str], style: Any, registry: "Registry") -> list[str]:
    """Choose the notes to print: a shipped style's steps end tilings and palettes on purpose."""
    shipped = [e.declaration.name for e in registry.entries("style") if e.plugin.id == "core"]
    return [] if style in shipped else list(notes)[:MOST_NOTES]


def _apply(
    chain: "Chain", job: "Job", given: dict[str, Any], index: int, total: int
) -> Sequence[str]:
    """Style one picture and give the notes on how it went."""
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
