"""``artgan export``."""

from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.dynamic import ExportCommand, read_tables
from artgan.cli.output import Output, size_of, waiting


@click.command("export", cls=ExportCommand)
@flags.run
@click.option(
    "--to", multiple=True, metavar="NAME", help="Exporter; see: artgan list exporter.  Repeatable."
)
@click.option("--web", is_flag=True, help="The same as --to web: one HTML file for a browser.")
@click.option("--onnx", is_flag=True, help="The same as --to onnx; needs the extra artgan[onnx].")
@flags.out("File or folder.  [default: RUN]")
@flags.no_mark
@flags.plugin
@flags.output
def export_command(run: "artgan.Run", out: Path | None, output: Output, **given: Any) -> None:
    """Take the generator of a trained RUN out of artgan.

    The page needs neither a server nor a network; its seeds give the pictures of artgan sample.

    \b
    Examples:
      artgan export runs/dcgan-001 --web
      artgan export runs/dcgan-001 --onnx --out digits.onnx
      artgan export runs/dcgan-001 --to web --to.web.directions 12
    """
    names = [*given["to"], *(name for name in ("web", "onnx") if given[name])]
    if not names:
        raise click.UsageError("Expected --web, --onnx or --to NAME; see: artgan list exporter.")
    entries = {run.registry.find("exporter", name).full_name: name for name in names}
    options = read_tables(given).get("to", {})
    files = []
    for full_name in entries:
        declared = run.registry.find("exporter", full_name).declaration
        file = _file(run.path, out, declared.ending, alone=len(entries) == 1)
        own = options.get(declared.name, {})
        with waiting("exporting", hidden=output.hidden):
            keep_mark = not given["no_mark"]
            files.append(artgan.export(run, file, to=full_name, options=own, keep_mark=keep_mark))
    output.result(
        {"files": [str(file) for file in files]}, *[f"{file} ({size_of(file)})" for file in files]
    )


def _file(run: Path, out: Path | None, ending: str, *, alone: bool) -> Path:
    """Return the file to write: --out if it fits, else one named after the run."""
    if out is not None and out.suffix.lower() == ending:
        return out
    names_file = out is not None and out.suffix and not out.is_dir()
    if names_file and alone:
        raise click.UsageError(f"'{out}' has the wrong ending; expected {ending}, or a folder")
    folder = run if out is None or names_file else out
    return folder / f"{run.resolve().name}{ending}"
