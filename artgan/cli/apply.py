"""``artgan apply``."""

import json
from pathlib import Path
from typing import Any

import click

from artgan.cli.flags import StyleFlags, collect
from artgan.cli.main import say


@click.command("apply", cls=StyleFlags)
@click.argument("pictures", nargs=-1, type=click.Path(path_type=Path))
@click.option("--style", multiple=True, help="Style or chain, repeatable.")
@click.option("--filter", multiple=True, help="Filter after the styles, repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder.")
@click.option("--show-style", is_flag=True, help="Print the style as TOML and stop.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Key of what is random.")
@click.option("--overwrite", is_flag=True, help="Replace files that differ.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def apply_command(**given: Any) -> int:
    """Style any PICTURES; the results are PNG files in a folder.

    \b
    Examples:
      artgan apply --style gameboy photo.jpg --out styled
      artgan apply --style neon --style tile *.png --out walls
      artgan apply --filter "halftone:angle=30,lines=80" photo.jpg --out print
    """
    from artgan.core.pictures import read_picture, save_png
    from artgan.core.registry import default_registry
    from artgan.core.run import style_label
    from artgan.core.style_files import chain_toml
    from artgan.core.styles import apply_style, parse_style
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
    total = len(given["pictures"])
    for index, path in enumerate(given["pictures"]):
        target = given["out"] / f"{path.stem}-{style_label(style)}.png"
        try:
            styled = apply_style(
                chain,
                read_picture(path),
                registry=registry,
                seed=given["seed"],
                index=index,
                total=total,
            )
            record = {
                "format": 1,
                "source": path.name,
                "seed": given["seed"],
                "style": styled.record,
            }
            save_png(styled.picture, target, record, overwrite=given["overwrite"])
        except ArtganError as error:
            errors.append(f"{path}: {error}")
            continue
        files.append(str(target))
    for problem in errors:
        click.echo(f"Error: {problem}", err=True)
    if given["as_json"]:
        click.echo(json.dumps({"files": files, "errors": errors}))
    elif not given["quiet"]:
        say(f"{len(files)} pictures in {given['out']}")
    if errors:
        return 3 if files else 1
    return 0
