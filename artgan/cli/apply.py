"""``artgan apply``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import StyleFlags, collect, format_flag, only_flag, record_flag
from artgan.cli.main import say

if TYPE_CHECKING:
    from artgan.core.styles import Chain


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
    """Style any PICTURES, or those of folders; the results are files in a folder.

    \b
    Examples:
      artgan apply --style gameboy photo.jpg --out styled
      artgan apply --style neon --style tile *.png --out walls
      artgan apply --filter "halftone:angle=30,lines=80" photo.jpg --out print
      artgan apply --style mat cards --only star --out framed
    """
    from artgan.core.curate import given_pictures
    from artgan.core.registry import default_registry
    from artgan.core.run import style_label
    from artgan.core.style_files import chain_toml
    from artgan.core.styles import parse_style
    from artgan.errors import ArtganError

    registry = default_registry()
    styles = [*given["style"], *given["filter"]]
    if not styles:
        raise click.UsageError("Say how: --style NAME or --filter NAME (see: artgan list style).")
    style = styles[0] if len(styles) == 1 else styles
    chain = parse_style(style, registry, knobs=collect(given).get("knobs"))
    if given["show_style"]:
        click.echo(chain_toml(chain), nl=False)
        return 0
    if not given["pictures"] or given["out"] is None:
        raise click.UsageError("Expected PICTURES and --out FOLDER.")
    files: list[str] = []
    errors: list[str] = []
    given["pictures"] = given_pictures(given["pictures"], given["only"])
    hidden = given["quiet"] or given["as_json"]
    with bar(len(given["pictures"]), "picture", hidden=hidden) as reach:
        for index, path in enumerate(given["pictures"]):
            target = given["out"] / f"{path.stem}-{style_label(style)}.{given['ending']}"
            try:
                _apply(chain, path, target, given, index)
                files.append(str(target))
            except ArtganError as error:
                errors.append(f"{path}: {error}")
            reach(index + 1)
    for problem in errors:
        click.echo(f"Error: {problem}", err=True)
    if given["as_json"]:
        click.echo(json.dumps({"files": files, "errors": errors}))
    elif not given["quiet"]:
        say(f"{len(files)} pictures in {given['out']}")
    if errors:
        return 3 if files else 1
    return 0


def _apply(chain: "Chain", path: Path, target: Path, given: dict[str, Any], index: int) -> None:
    from artgan.core.pictures import picture_with_record, save_picture
    from artgan.core.records import applied_record
    from artgan.core.registry import default_registry
    from artgan.core.styles import apply_style

    picture, made_by = picture_with_record(path)
    styled = apply_style(
        chain,
        picture,
        registry=default_registry(),
        seed=given["seed"],
        index=index,
        total=len(given["pictures"]),
    )
    record = None
    if not given["no_record"]:
        record = applied_record(
            styled.record, given["seed"], picture.pixels, source=path.name, made_by=made_by
        )
    save_picture(styled.picture, target, record, overwrite=given["overwrite"])
