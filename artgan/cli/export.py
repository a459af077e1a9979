"""``artgan export``."""

from pathlib import Path

import click

import artgan
from artgan.cli import flags
from artgan.cli.output import Output, size_of, waiting

ENDINGS = (".html", ".onnx")


@click.command("export")
@flags.run
@click.option("--web", is_flag=True, help="One HTML file that runs the generator in a browser.")
@click.option("--onnx", is_flag=True, help="An ONNX file; needs the extra artgan[onnx].")
@flags.out("File or folder.  [default: RUN]")
@flags.no_mark
@flags.plugin
@flags.output
def export_command(
    run: "artgan.Run", web: bool, onnx: bool, out: Path | None, no_mark: bool, output: Output
) -> None:
    """Take the generator of a trained RUN out of artgan.

    The page needs neither a server nor a network; its seeds give the pictures of artgan sample.

    \b
    Examples:
      artgan export runs/dcgan-001 --web
      artgan export runs/dcgan-001 --onnx --out digits.onnx
    """
    wanted = [ending for ending, asked in zip(ENDINGS, (web, onnx), strict=True) if asked]
    if not wanted:
        raise click.UsageError("Expected --web, --onnx or both.")
    files = []
    for ending in wanted:
        with waiting("exporting", hidden=output.hidden):
            file = _file(run.path, out, ending, alone=len(wanted) == 1)
            files.append(artgan.export(run, file, keep_mark=not no_mark))
    output.result(
        {"files": [str(file) for file in files]}, *[f"{file} ({size_of(file)})" for file in files]
    )


def _file(run: Path, out: Path | None, ending: str, *, alone: bool) -> Path:
    """Return the file to write: --out if it fits, else one named after the run."""
    names_file = out is not None and out.suffix in ENDINGS
    if out is not None and out.suffix == ending:
        return out
    if names_file and alone:
        raise click.UsageError(f"'{out}' has the wrong ending; expected {ending}, or a folder")
    folder = run if out is None or names_file else out
    return folder / f"{run.resolve().name}{ending}"
