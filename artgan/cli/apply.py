"""``artgan apply``: any pictures in a style, as files in a folder."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.dynamic import StyleCommand, chain_flags, each_style_flag, read_chains
from artgan.cli.output import SOME_FAILED, Output, bar, say

if TYPE_CHECKING:
    from artgan.animation.clip import Clip
    from artgan.animation.restyle import Style
    from artgan.curation.picture_files import Job
    from artgan.plugin.picture import Picture
    from artgan.styling.chain import Chain

MOST_NOTES = 8


def _moves(ending: str) -> bool:
    """Tell whether files of a format can hold animations, by its ending without a dot."""
    from artgan.plugin.files import find_animation_format

    return find_animation_format(Path(f"a.{ending}"), "write") is not None


def _moving_or_known(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """Take a format of moving pictures, or one that artgan or a plugin writes."""
    return given if given is None or _moves(given) else flags.known_format(ctx, param, given)


@click.command("apply", cls=StyleCommand)
@click.argument("pictures", nargs=-1, type=flags.PATH)
@chain_flags
@each_style_flag
@flags.out("Folder.")
@click.option("--name", help='File names: "{name}-{style}", "card-{number:03d}".')
@flags.only
@click.option("--show-style", is_flag=True, help="Print the style as TOML and stop.")
@flags.seed("Random seed of the style.")
@click.option(
    "--format",
    metavar="png|jpg|webp|tiff|gif|mp4|webm|...",
    callback=_moving_or_known,
    help="Of the results; gif, mp4 and webm for moving ones.  [default: png; of videos mp4]",
)
@click.option(
    "--loop",
    type=click.FloatRange(0, 60),
    default=0,
    help="Seconds over which the end of a moving picture flows into its beginning.",
)
@flags.planes
@flags.no_record
@flags.no_mark
@flags.overwrite
@flags.plugin
@flags.filter_threads
@flags.output
def apply_command(pictures: tuple[Path, ...], output: Output, **given: Any) -> int:
    """Style any PICTURES, files or whole folders; the results are files in a folder.

    Two --style are one chain: the second goes over what the first has made. --each-style makes a
    picture of each. Of animations (GIF, WebP, PNG) and videos all frames are styled. Of the samples
    of a run the raw ones are taken.

    \b
    Examples:
      artgan apply --style gameboy photo.jpg --out styled
      artgan apply --style neon --style tile *.png --out walls
      artgan apply --style neon --style riso --each-style photo.jpg --out both
      artgan apply --style riso holiday-photos --out prints --name "{number:03d}-{style}"
      artgan apply --filter "halftone:angle=30,lines=80" photo.jpg --out print
      artgan apply --style mat cards --only star --out framed
      artgan apply --style neon waves.mp4 --loop 0.5 --format gif --out moving
    """
    from artgan.styling.files import chain_toml

    chains = read_chains(given)
    if given["show_style"]:
        click.echo("\n".join(chain_toml(chain) for _, chain in chains), nl=False)
        return 0
    if not pictures or given["out"] is None:
        raise click.UsageError("Expected PICTURES and --out FOLDER.")
    work = _plan(chains, pictures, given, output)
    done = _Done()
    with bar(len(work), "picture", hidden=output.hidden) as reach:
        for index, task in enumerate(work):
            _try(task, given, done)
            reach(index + 1)
    _tell(done, [style for style, _ in chains], given["out"], output)
    return (SOME_FAILED if done.files else 1) if done.errors else 0


@dataclass(frozen=True)
class _Task:
    """One picture to style, number ``index`` of ``total``."""

    chain: "Chain"
    job: "Job"
    index: int
    total: int


@dataclass
class _Done:
    """What was made of the pictures, and what there is to say.

    Attributes:
        files: The files written.
        errors: What failed: the picture, or "" if the message names it, and the message.
        notes: What filters noted, each once.
        read: What was assumed in reading pictures -> their names.
    """

    files: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)


def _plan(
    chains: "Sequence[tuple[Any, Chain]]",
    pictures: Sequence[Path],
    given: Mapping[str, Any],
    output: Output,
) -> list[_Task]:
    """List what is to do, picture by picture for each style."""
    from artgan.curation.choices import given_pictures
    from artgan.curation.picture_files import ResultNames, plan_files
    from artgan.pictures.files import ignore
    from artgan.styling.labels import style_labels

    only, pattern = given["only"], given["name"] or ResultNames.pattern
    if len(chains) > 1 and "{style" not in pattern:
        raise click.UsageError("With --each-style, --name needs {style} to tell files apart.")
    chosen = pictures if only == "all" else given_pictures(pictures, only, output.note)
    tasks: list[_Task] = []
    for label, (_, chain) in zip(style_labels([s for s, _ in chains]), chains, strict=True):
        names = ResultNames(label, given["format"] or "png", pattern)
        # What there is to say of the pictures is said once.
        jobs = plan_files(chosen, given["out"], names, ignore if tasks else output.note)
        chain = _settled(chain, jobs, given)
        tasks += [_Task(chain, job, index, len(jobs)) for index, job in enumerate(jobs)]
    return tasks


def _settled(chain: "Chain", jobs: "Sequence[Job]", given: Mapping[str, Any]) -> "Chain":
    """Return a chain with what all pictures decide together, of moving ones some frames."""
    from artgan.animation.restyle import still_pictures
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.sets import settle_chain

    moving = _moves(given["format"] or "png")

    def pictures() -> "Iterator[tuple[int, Picture]]":
        for job in jobs:
            for picture in still_pictures(job.source, moving=moving):
                yield given["seed"], picture

    return settle_chain(chain, pictures, len(jobs), registry=default_registry())


def _try(task: _Task, given: Mapping[str, Any], done: _Done) -> None:
    """Style one picture; what fails is written down."""
    from artgan.errors import ArtganError
    from artgan.pictures.told import CREDENTIALS_DROPPED, has_credentials

    source, told = task.job.source, list[str]()
    try:
        record = _apply(task, given, told)
        if has_credentials(source):
            told.append(CREDENTIALS_DROPPED)
    except ArtganError as error:
        named = str(source) in str(error)
        done.errors.append(("" if named else f"'{source}'", str(error)))
        return
    for text in told:
        names = done.read.setdefault(text, [])
        names += [str(source)] * (str(source) not in names)
    done.notes.update(dict.fromkeys(record["style"]["notes"]))
    done.files.append(record.get("target") or str(task.job.target))


def _apply(task: _Task, given: Mapping[str, Any], told: list[str]) -> Mapping[str, Any]:
    """Style one picture; return its record. What was assumed in reading it goes into ``told``."""
    from artgan.animation.clip import open_clip
    from artgan.pictures.files import picture_with_record, save_picture, to_pil
    from artgan.pictures.formats import takes_layers
    from artgan.pictures.planes import plane_layers, save_planes
    from artgan.pictures.records import applied_record
    from artgan.pictures.told import told_by
    from artgan.plugin.files import FileLayer
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.apply import apply_style

    job, seed = task.job, given["seed"]
    place = (task.index, task.total)
    style = partial(apply_style, registry=default_registry(), seed=seed, place=place)
    about, overwrite = flags.metadata(given), given["overwrite"]
    moving = open_clip(job.source) if _moves(given["format"] or "png") else None
    if moving:
        return _restyle(task, moving, style, given, told)
    _refuse_still(job, given)
    picture, made_by = picture_with_record(job.source, told.append)
    styled = style(task.chain, picture)
    record = applied_record(
        styled.record,
        seed,
        picture.pixels,
        source=job.source.name,
        made_by=made_by,
        told={} if made_by else told_by(job.source),
    )
    below: tuple[FileLayer, ...] = ()
    planes = plane_layers(styled.picture.planes) if given["planes"] else ()
    if takes_layers(job.target):
        same = picture.pixels.shape[:2] == styled.picture.pixels.shape[:2]
        below = (*planes, *([FileLayer("original", to_pil(picture))] if same else []))
        planes = ()
    save_picture(styled.picture, job.target, about(record), overwrite=overwrite, layers=below)
    save_planes(planes, job.target, about(record), overwrite=overwrite)
    return record


def _refuse_still(job: "Job", given: Mapping[str, Any]) -> None:
    """Refuse a format or a flag that a still picture cannot have."""
    from artgan.errors import OptionError
    from artgan.plugin.files import find_writer

    if given["format"] and find_writer(Path(f"a.{given['format']}")) is None:
        raise OptionError(
            f"'{job.source}' does not move, so it cannot be written as {given['format']}; expected "
            "png, jpg, webp or tiff"
        )
    if given["loop"]:
        raise OptionError(f"'{job.source}' does not move, so --loop does nothing to it")


def _restyle(
    task: _Task, clip: "Clip", style: "Style", given: Mapping[str, Any], told: list[str]
) -> Mapping[str, Any]:
    """Style a moving picture; return its record."""
    from artgan.animation.restyle import Restyling, moving_notes, style_clip
    from artgan.errors import OptionError
    from artgan.pictures.moving import is_film
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.film import frames_before

    if given["planes"]:
        raise OptionError(f"'{clip.path}' moves, and --planes writes those of still pictures alone")
    target = task.job.target
    if is_film(clip.path, "read") and not given["format"]:
        # Frames of a video as PNG would be many times as large.
        own = clip.path.suffix.lower()
        target = target.with_suffix(own if _moves(own[1:]) else ".mp4")
    told += moving_notes(task.chain)
    about = flags.metadata(given)
    before = frames_before(task.chain, default_registry())
    how = Restyling(
        task.chain, style, given["seed"], about, given["overwrite"], given["loop"], before
    )
    return style_clip(clip, target, how) | {"target": str(target)}


def _tell(done: _Done, styles: Sequence[Any], out: Path, output: Output) -> None:
    """Print what was made, what was assumed, and what failed."""
    from artgan.plugin_manager.load import default_registry

    shipped = {
        entry.declaration.name
        for entry in default_registry().entries("style")
        if entry.plugin.id == "core"
    }
    for text, names in done.read.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        output.note(f"'{names[0]}'{more}: {text}")
    # Steps of a shipped style end tilings and palettes on purpose.
    own = not all(isinstance(style, str) and style in shipped for style in styles)
    for text in list(done.notes)[:MOST_NOTES] if own else []:
        output.note(text)
    output.result(
        {
            "files": done.files,
            "errors": [": ".join(filter(None, error)) for error in done.errors],
            "notes": [*done.read, *done.notes],
        },
        *([f"{count_of(len(done.files), 'picture')} in {out}"] if done.files else []),
    )
    _print_errors(done.errors)


def _print_errors(errors: Sequence[tuple[str, str]]) -> None:
    """Print errors, each text once, with the first picture that it belongs to."""
    alike = Counter(text for _, text in errors)
    for name, text in errors:
        count = alike.pop(text, 0)
        if count:
            more = f" and {count - 1} more" if count > 1 else ""
            say(f"Error: {f'{name}{more}: ' if name else ''}{text}", err=True)
