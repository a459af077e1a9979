"""``artgan export``."""

import json
from pathlib import Path

import click

from artgan.cli.bar import waiting
from artgan.cli.flags import load_plugin_files
from artgan.cli.main import say


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--web", is_flag=True, help="One HTML file that runs the generator in a browser.")
@click.option("--onnx", is_flag=True, help="An ONNX file; needs the extra artgan[onnx].")
@click.option("--out", type=click.Path(path_type=Path), help="File or folder.  [default: RUN]")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def export_command(
    run: Path,
    web: bool,
    onnx: bool,
    out: Path | None,
    plugin: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> int:
    """Take the generator of a trained RUN out of artgan.

    The page needs neither a server nor a network; its seeds give the pictures of artgan sample.

    \b
    Examples:
      artgan export runs/dcgan-001 --web
      artgan export runs/dcgan-001 --onnx --out digits.onnx
    """
    from artgan.run import load_run

    if not (web or onnx):
        raise click.UsageError("Say what to make: --web, --onnx or both.")
    load_plugin_files(plugin)
    opened = load_run(run)
    from artgan.exporting.onnx import export_onnx
    from artgan.exporting.web_page import export_web

    files = []
    for wanted, suffix, write in ((web, ".html", export_web), (onnx, ".onnx", export_onnx)):
        if wanted:
            with waiting("exporting", hidden=quiet or as_json):
                files.append(write(opened, _place(run, out, suffix, web and onnx)))
    if as_json:
        click.echo(json.dumps({"files": [str(file) for file in files]}))
    elif not quiet:
        for file in files:
            say(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")
    return 0


def _place(run: Path, out: Path | None, suffix: str, several: bool) -> Path:
    """Give the file to write: as named, or named after the run."""
    if out is not None and out.suffix == suffix:
        return out
    if out is not None and out.suffix in (".html", ".onnx") and not several:
        raise click.UsageError(f"'{out}' has the wrong ending; expected {suffix}, or a folder")
    folder = out if out is not None and out.suffix not in (".html", ".onnx") else run
    return folder / f"{run.resolve().name}{suffix}"
