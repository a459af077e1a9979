"""``artgan style``: write a style as a file that can be changed and shared."""

from pathlib import Path

import click

from artgan.cli import flags
from artgan.cli.output import say

toml_flag = flags.out("TOML file to write.")


@click.group("style")
def style_command() -> None:
    """Write styles as files that can be changed and shared.

    \b
    Examples:
      artgan style show neon --out mine.toml
      artgan style show "pixelate cells=32 | dither palette=gameboy" --out mine.toml
      artgan style from styled/photo-neon.png --out found.toml
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


def _write_or_print(text: str, out: Path | None, overwrite: bool) -> None:
    from artgan.base.paths import write_text

    if out is None:
        say(text.rstrip("\n"))
        return
    write_text(out, text, keep=not overwrite)
    say(f"style in {out}")
