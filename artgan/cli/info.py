"""``artgan info`` and ``artgan remake``: what made a picture, and the picture made again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.output import Output, waiting


@click.command("info")
@click.argument("path", type=flags.PATH)
@flags.plugin
@flags.json_output
def info_command(path: Path, output: Output) -> None:
    """Show what made a RUN folder or a picture.

    \b
    Examples:
      artgan info runs/dcgan-001
      artgan info runs/dcgan-001/samples/s00003-neon.png
      artgan info s00003-neon.webp --json
    """
    facts = _run_facts(path) if path.is_dir() else _picture_facts(path)
    lines = [f"{key}: {_text(value)}" for key, value in facts.items()]
    output.result(facts, *lines, indent=1, ensure_ascii=False)


def _text(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _run_facts(path: Path) -> dict[str, Any]:
    from artgan.base.tables import read_toml
    from artgan.core.run_folder import RunFolder
    from artgan.errors import RunError

    folder = RunFolder(path)
    config = folder.read_config()
    last, best = folder.last_checkpoint(), folder.best_checkpoint()
    return {
        "run": str(path),
        "step": last.step if last else 0,
        "best step": best.step if best else None,
        "quality": best.quality if best else None,
        "samples": len(list(folder.samples.glob("*.png"))),
        **_missing(config.names, folder.plugins()),
        **{k: v for k, v in read_toml(folder.config_file, RunError).items() if k != "format"},
    }


def _picture_facts(path: Path) -> dict[str, Any]:
    from artgan.errors import DataError
    from artgan.pictures.record_needs import record_needs

    record = artgan.read_record(path)
    if record is None:
        raise DataError(
            f"'{path}' holds no artgan record: it was not made by artgan, or another program "
            "saved it again without its text"
        )
    return {**record, **_missing(*record_needs(record))}


def _missing(names: Sequence[str], versions: Mapping[str, str]) -> dict[str, Any]:
    """Return the fact "missing", which says what plugins are needed, if some are."""
    from artgan.core.requirements import missing_plugins
    from artgan.plugin_manager.load import default_registry

    absent = missing_plugins(names, versions, default_registry())
    return {"missing": absent} if absent else {}


@click.command("remake")
@click.argument("picture", type=flags.PATH)
@click.option("--run", type=flags.PATH, help="Run folder.  [default: found]")
@click.option("--source", type=flags.PATH, help="What it was made from.")
@flags.out("Folder to keep the new picture in.")
@flags.overwrite
@flags.plugin
@flags.json_output
def remake_command(picture: Path, output: Output, **given: Any) -> int:
    """Make a PICTURE again from what its file says, and compare.

    Prints "identical" if the files are equal to the byte, else by how much they differ and why,
    and exits with 1.

    \b
    Examples:
      artgan remake runs/dcgan-001/samples/s00003-neon.png
      artgan remake s00003-neon.webp --run runs/dcgan-001 --out again
      artgan remake photo-gameboy.png --source photo.jpg
      artgan remake runs/dcgan-001/animations/loop-1-5-9.gif
    """
    with waiting("making it again", hidden=output.hidden):
        made = artgan.remake(picture, **given)
    lines = ["identical"]
    if not made.identical:
        lines = [
            f"different: up to {made.max_difference} of 255 in a channel, "
            f"{made.mean_difference:.3g} on average, in {made.share:.2%} of the pixels",
            *[f"  {reason}" for reason in made.reasons],
        ]
    output.result({**asdict(made), "file": str(made.file) if made.file else None}, *lines)
    return 0 if made.identical else 1
