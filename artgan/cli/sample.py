"""``artgan sample`` and ``artgan animate``: pictures of a run, still and moving."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.base.suggest import count_of, natural_key
from artgan.cli import flags
from artgan.cli.dynamic import (
    StyleCommand,
    each_style_flag,
    each_style_of_run,
    run_style_flag,
    style_of_run,
)
from artgan.cli.output import Output, bar, size_of

if TYPE_CHECKING:
    from artgan.sampling.write import Written

MOTION = ("seconds", "fps", "loop", "walk", "way", "sound", "beats", "size", "ground")


@click.command("sample", cls=StyleCommand)
@flags.run
@click.option("--seeds", help="One for each picture, as in 0-15,40.  [default: 0-15]")
@click.option("--sum", "blend", help='Arithmetic of seeds: "3 - 5 + 9", "0.7*3 + 0.3*9".')
@run_style_flag
@each_style_flag
@flags.drawn_size
@flags.label("Class of all pictures.")
@click.option("--labels", metavar="NAMES", help="A picture of each for each seed: A,B,C, or all.")
@flags.steering
@flags.out("Folder.  [default: RUN/samples]")
@click.option("--name", help='File names: "{arch}-s{seed}-{style}".')
@flags.file_format
@flags.no_record
@flags.no_mark
@click.option("--side-file", is_flag=True, help="Also write what made a picture to a JSON file.")
@flags.planes
@flags.overwrite
@flags.plugin
@flags.threads
@flags.output
def sample_command(run: "artgan.Run", output: Output, **given: Any) -> int:
    """Make pictures from a trained RUN, one for each seed.

    The same seed gives the same picture, whatever else is made with it. Two --style are one chain;
    --each-style makes a picture of each.

    \b
    Examples:
      artgan sample runs/dcgan-001 --seeds 0-15,40 --style neon
      artgan sample runs/dcgan-001 --seeds 3 --style neon --style riso --each-style
      artgan sample runs/dcgan-001 --style neon --style.glow 2 --out soft
      artgan sample runs/dcgan-001 --label 7 --style "palette:gameboy | tile"
      artgan sample runs/letters --seeds 3 --labels all
      artgan sample runs/dcgan-001 --seeds 1 --truncation 0.7 --move tilt=2
      artgan sample runs/dcgan-001 --sum "3 - 5 + 9"
      artgan sample runs/dcgan-001 --latents rejection:keep=0.1
      artgan sample runs/coordinates-001 --size 1024
      artgan sample runs/dcgan-001 --seeds 1 --format webp --no-record
      artgan sample runs/dcgan-001 --style neon --name "{run}-{seed:04d}-{hash}" --side-file
    """
    from artgan.sheets.grid import contact_sheet

    run = flags.of_size(run, given)
    folder = given["out"] or run.folder.samples
    written = _write(run, given, output.hidden)
    # All labels of a seed side by side: their names begin with the seed.
    files = [file for part in written for file in part.files]
    files = files if len(written) == 1 else sorted(files, key=natural_key)
    sheet, ground = folder / "contact-sheet.png", run.config.ground
    # Several labels or styles side by side are told apart by their names.
    captions = [file.stem for file in files] if len(written) > 1 else ()
    contact_sheet(files, sheet, captions, ground=ground, keep_mark=not given["no_mark"])
    errors = [error for part in written for error in part.errors]
    output.result(
        {"files": [str(file) for file in files], "errors": errors},
        f"{count_of(len(files), 'picture')} in {folder}",
    )
    return output.failures("Not styled", errors)


def _write(run: "artgan.Run", given: Mapping[str, Any], hidden: bool) -> "list[Written]":
    """Write the pictures of each label."""
    from artgan.sampling.samples import SampleRequest
    from artgan.sampling.write import FileOptions, write_samples
    from artgan.styling.labels import style_label

    styles, steering = each_style_of_run(run, given), flags.steering_of(run, given)
    if len(styles) > 1 and given["name"] and "{style" not in given["name"]:
        raise click.UsageError("With --each-style, --name needs {style} to tell files apart.")
    if len({style_label(style) for style, _ in styles}) < len(styles):
        raise click.UsageError("Two --style would give their files one name; make them apart.")
    folder = given["out"] or run.folder.samples
    options = FileOptions(
        overwrite=given["overwrite"],
        keep_record=not given["no_record"],
        keep_mark=not given["no_mark"],
        ending=given["format"],
        pattern=given["name"],
        side_files=given["side_file"],
        planes=given["planes"],
    )
    written = []
    labels = _labels(run, given)
    # Drawn once, for all styles.
    pictures = [
        SampleRequest(_points(run, given, label), label=label, steering=steering).points(run)
        for label in labels
    ]
    together = tuple(point for points in pictures for point in points)
    drawn = replace(steering, draw=None)
    for label, points in zip(labels, pictures, strict=True):
        for style, knobs in styles:
            request = SampleRequest(points, style, knobs, label, drawn, together)
            with bar(len(points), "picture", hidden=hidden) as reach:
                written.append(write_samples(run, request, folder, options, show=reach))
    return written


def _labels(run: "artgan.Run", given: Mapping[str, Any]) -> list[int | None]:
    """Return the labels of --label or --labels; None lets the seeds draw them."""
    from artgan.sampling.labels import find_labels

    if given["labels"] is None:
        return [flags.read_label(run, given["label"])]
    if given["label"] is not None:
        raise click.UsageError("--label and --labels exclude each other.")
    return list(find_labels(given["labels"], run.config.class_names, run.config.classes))


def _points(run: "artgan.Run", given: Mapping[str, Any], label: int | None) -> list[Any]:
    """Return the points of --sum and --latents, and of --seeds beside them; else plain seeds."""
    from artgan.base.seeding import parse_seeds

    files = flags.latent_files(given)
    if given["blend"] is None and not files:
        return list(parse_seeds(given["seeds"] or "0-15"))
    seeds = parse_seeds(given["seeds"]) if given["seeds"] else []
    points = run.points(seeds, blend=given["blend"], label=label)
    return [*points, *(point for file in files for point in run.points(file=file, label=label))]


@click.command("animate", cls=StyleCommand)
@flags.run
@click.option("--seeds", help="Seeds of the key frames in order, as in 1,5,9.  [default: 0-3]")
@click.option("--from-latents", metavar="FILES", help="Key frames by artgan project: a,b.")
@click.option("--loop", is_flag=True, help="End where it began, so that it repeats seamlessly.")
@click.option("--walk", is_flag=True, help="Walk at random from one seed.")
@click.option("--seconds", type=float, help="Length.  [default: 3 for each key frame]")
@click.option("--fps", type=float, default=24, show_default=True, help="Frames per second.")
@flags.choice(
    "--way",
    ("smooth", "spherical", "linear"),
    "Path between key frames: rounded corners, arcs or straight lines.",
)
@click.option("--sound", type=flags.PATH, help="A sound; key frames fall on its beats.")
@click.option("--beats", type=int, default=2, show_default=True, help="Beats between key frames.")
@run_style_flag
@flags.label("Class of all frames.")
@flags.steering
@click.option("--size", type=int, help="Shorter side in pixels.  [default: the style's]")
@click.option(
    "--ground",
    metavar="chequered|HEX",
    help="What clear pixels are laid on.  [default: none, where the format can]",
)
@click.option(
    "--out", help=".gif .webp .apng .mp4 .webm, or FOLDER/ for frames.  [default: RUN/animations]"
)
@flags.overwrite
@flags.no_record
@flags.no_mark
@flags.plugin
@flags.threads
@flags.output
def animate_command(run: "artgan.Run", output: Output, **given: Any) -> None:
    """Move through the latent space of a trained RUN, from seed to seed.

    GIF, WebP and APNG need nothing more; MP4 and WebM need the extra artgan[video].

    \b
    Examples:
      artgan animate runs/dcgan-001 --seeds 1,5,9 --loop --seconds 12
      artgan animate runs/dcgan-001 --seeds 4 --walk --loop --style neon --out tides.webp
      artgan animate runs/dcgan-001 --seeds 1,5,9 --sound song.wav --out song.mp4
    """
    from artgan.animation.animate import plan_animation, write_animation
    from artgan.animation.motion import Motion
    from artgan.sampling.samples import SampleRequest

    label = flags.read_label(run, given["label"])
    frames = _key_frames(run, given, label)
    request = SampleRequest(frames, *style_of_run(run, given), label, flags.steering_of(run, given))
    motion = Motion(**{name: given[name] for name in MOTION})
    animation = plan_animation(run, request, motion)
    with bar(animation.count, "frame", hidden=output.hidden) as reach:
        out = write_animation(
            animation,
            Path(given["out"]) if given["out"] else _default_file(run, given),
            overwrite=given["overwrite"],
            about=flags.metadata(given),
            show=lambda number: reach(number + 1),
        )
    size = "" if out.is_dir() else f", {size_of(out)}"
    frame_count = count_of(animation.count, "frame")
    output.result(
        {"file": str(out), "frames": animation.count},
        f"{out}: {frame_count}, {animation.count / motion.fps:.1f} seconds{size}",
    )


def _key_frames(run: "artgan.Run", given: Mapping[str, Any], label: int | None) -> list[Any]:
    """Return the points of --seeds, then those of --from-latents."""
    from artgan.base.seeding import parse_seeds

    files = [name.strip() for name in (given["from_latents"] or "").split(",") if name.strip()]
    files += map(str, flags.latent_files(given))
    seeds = [] if files else [0] if given["walk"] else [0, 1, 2, 3]
    if given["seeds"]:
        seeds = parse_seeds(given["seeds"])
    points = run.points(seeds, label=label)
    for name in files:
        points += run.points(file=name, label=label)
    return points


def _default_file(run: "artgan.Run", given: Mapping[str, Any]) -> Path:
    """Name a GIF in the run's folder after the key frames."""
    seeds = given["seeds"] or ("latents" if given["from_latents"] else "0-3")
    kind = "walk" if given["walk"] else "loop" if given["loop"] else "way"
    name = f"{kind}-{seeds}".replace(",", "-").replace(" ", "")[:60]
    return run.path / "animations" / f"{name}.gif"
