"""``artgan info``, ``inspect`` and ``remake``: what is in a run, a picture or a folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.dynamic import DatasetCommand, read_tables
from artgan.cli.output import CHANNELS, Output, waiting

if TYPE_CHECKING:
    from artgan.planning.inspect import Inspection
    from artgan.planning.outlook import Outlook
    from artgan.planning.settings import Settings

NO_RECORD = (
    "none: sheets, previews and PDFs have none; other pictures were written with --no-record, or "
    "saved again by a program that dropped it"
)

MOST_ROWS = 12
"""Rows of a table that ``artgan inspect`` prints."""


@click.command("info")
@click.argument("path", type=flags.PATH)
@flags.plugin
@flags.json_output
def info_command(path: Path, output: Output) -> None:
    """Show what made a RUN folder or a picture, and how a picture of any program is marked.

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
    from artgan.pictures.files import read_record
    from artgan.pictures.record_needs import record_needs

    told = _told(path)
    record = None if told and not _may_hold_a_record(path) else read_record(path)
    if record is None and not told:
        raise DataError(
            f"'{path}' holds no artgan record, no mark and no Content Credentials: artgan did not "
            "make it, or made it with --no-record and --no-mark, or another program saved it again "
            "and dropped them"
        )
    if record is None:
        return {**told, **_missing_record(told)}
    return {**record, **told, **_missing(*record_needs(record))}


def _missing_record(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the fact "record", which says why artgan's own picture holds none."""
    from artgan.base.marks import SYSTEM

    ours = told.get("mark", {}).get("system") == SYSTEM
    return {"record": NO_RECORD} if ours else {}


def _may_hold_a_record(path: Path) -> bool:
    """Tell whether a file is of a kind that artgan writes records into."""
    from artgan.plugin.decode import picture_endings
    from artgan.plugin.files import animation_endings

    return path.suffix.lower() in (*picture_endings(), *animation_endings("write"))


def _told(path: Path) -> dict[str, Any]:
    """Return what a file says, for machines, of how it came about."""
    from artgan.pictures.told import has_credentials, read_mark

    mark = read_mark(path)
    facts: dict[str, Any] = {"mark": mark.facts} if mark else {}
    if has_credentials(path):
        facts["content credentials"] = "C2PA, not verified: a C2PA tool tells who signed what"
    return facts


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
@flags.threads
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


@click.command("inspect", cls=DatasetCommand)
@click.argument("dataset", metavar="PATH")
@click.option("--size", help="Side in pixels, or 96x64 (wide x high).")
@click.option(
    "--minutes",
    default="2,10,60",
    show_default=True,
    help="Say what so many minutes of training would buy here; none measures nothing.",
)
@flags.out("Contact sheet, a PNG.")
@flags.overwrite
@flags.no_mark
@flags.plugin
@flags.json_output
def inspect_command(dataset: str, output: Output, **given: Any) -> None:
    """Look at the pictures at PATH before training: what is odd, and what will be done with it.

    \b
    Examples:
      artgan inspect ./my-pictures
      artgan inspect ./my-pictures --size 64 --dataset.background ffffff
    """
    from artgan.core.config import parse_size
    from artgan.datasets.find import choose_dataset, context_for
    from artgan.planning.crops import list_crops, save_crop_sheet
    from artgan.planning.inspect import inspect_source, look_at, save_contact_sheet
    from artgan.planning.outlook import parse_minutes
    from artgan.planning.settings import PartSettings, Settings
    from artgan.plugin_manager.load import default_registry

    asked = read_tables(given).get("dataset", {})
    entry, path, options = choose_dataset(default_registry(), dataset, options=asked)
    size = parse_size(given["size"]) if given["size"] else None
    opened = entry.load("open")(options, context_for(path, size=size))
    with waiting("reading pictures", hidden=output.hidden):
        source = look_at(opened, entry.where)
        facts = inspect_source(source)
    stem = path.resolve().stem if isinstance(path, Path) else entry.declaration.name
    sheet = given["out"] or Path(f"inspect-{stem}.png")
    # The sheet of the last look is replaced, unless it was given a name.
    overwrite = given["overwrite"] or not given["out"]
    options = {"overwrite": overwrite, "keep_mark": not given["no_mark"]}
    save_contact_sheet(source, sheet, **options)
    crops = sheet.with_name(f"{sheet.stem}-crops.png") if list_crops(source) else None
    if crops:
        save_crop_sheet(source, crops, **options)
    files = {"sheet": str(sheet), "crops": str(crops) if crops else None}
    pictures = PartSettings(entry.full_name, asked, str(path) if path else "")
    with waiting("measuring the pace of this machine", hidden=output.hidden):
        ahead = _ahead(Settings(dataset=pictures, size=size), parse_minutes(given["minutes"]))
    told = {"ahead": ahead if isinstance(ahead, str) else ahead and asdict(ahead)}
    output.result(
        {**asdict(facts), **files, **told}, *_lines(facts), *_ahead_lines(ahead), indent=1
    )
    output.say(f"Sheet: {sheet}")
    if crops:
        output.say(f"What is cut off and resized: {crops}")


def _lines(facts: "Inspection") -> Iterator[str]:
    """Yield what was found, line by line."""
    size, colour = f"{facts.width}x{facts.height}", CHANNELS[facts.channels]
    yield f"{count_of(facts.usable, 'picture')}, trained on as {size}, {colour}"
    yield facts.sentence
    if facts.alpha:
        yield facts.alpha
    yield from _table("Sizes", facts.sizes)
    yield from _table("Modes", facts.modes)
    yield from _table("Formats", facts.formats)
    yield from _table("Labels", facts.labels)
    if facts.balance:
        yield facts.balance
    yield f"Colours: {_shares(facts.colours)}"
    yield f"Brightness: {_shares(facts.brightness)}"
    yield from _table("Near-duplicates", dict(_alike(facts)))
    yield from _table("Odd, but used", facts.notes)
    yield from _table("Skipped", facts.skipped)
    if facts.duplicates:
        yield f"Copies of others: {', '.join(facts.duplicates[:10])}"


def _ahead(settings: "Settings", minutes: Sequence[float]) -> "Outlook | str | None":
    """Return what a run would be, or why it could not start; None if that is not asked."""
    from artgan.errors import ArtganError
    from artgan.planning.outlook import look_ahead
    from artgan.plugin_manager.load import default_registry

    try:
        return look_ahead(settings, default_registry(), minutes) if minutes else None
    except ArtganError as error:
        return str(error)


def _ahead_lines(ahead: "Outlook | str | None") -> Iterator[str]:
    """Yield what a run would be, line by line."""
    if isinstance(ahead, str):
        yield f"A run could not start: {ahead}"
    elif ahead is not None:
        yield f"Would be chosen: {ahead.architecture.rpartition('/')[2]}"
        yield from (f"  - {reason}" for reason in ahead.reasons)
        yield "Would be made here in"
        yield from (f"  {line}" for line in ahead.times)


def _alike(facts: "Inspection") -> Iterator[tuple[str, str]]:
    """Yield each picture that looks like an earlier one with what it is like."""
    copies = set(facts.duplicates)
    for name, other in facts.alike:
        yield name, f"{'the same file as' if name in copies else 'looks like'} {other}"


def _shares(shares: Mapping[str, float]) -> str:
    """Write shares from one per cent up: "grey 40 %, red 12 %"."""
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items() if share >= 0.005)


def _table(title: str, rows: Mapping[str, Any]) -> Iterator[str]:
    if not rows:
        return
    yield f"{title}:"
    for name, value in list(rows.items())[:MOST_ROWS]:
        yield f"  {name}: {value}"
    if len(rows) > MOST_ROWS:
        yield f"  and {len(rows) - MOST_ROWS} more"
