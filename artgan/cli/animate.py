"""``artgan animate``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.bar import bar
from artgan.cli.chains import run_style_flag, style_of_run
from artgan.cli.dynamic import StyleCommand
from artgan.cli.output import Output, count_of, size_of
from artgan.cli.steering import label_flag, read_label, steering_flags, steering_of

MOTION = ("seconds", "fps", "loop", "walk", "way", "sound", "beats", "size")


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
@click.option("--sound", type=flags.PATH, help="WAV file; key frames fall on its beats.")
@click.option("--beats", type=int, default=2, show_default=True, help="Beats between key frames.")
@run_style_flag
@label_flag("Class of all frames.")
@steering_flags
@click.option("--size", type=int, help="Shorter side in pixels.  [default: the style's]")
@click.option(
    "--out", help=".gif .webp .apng .mp4 .webm, or FOLDER/ for frames.  [default: RUN/animations]"
)
@flags.overwrite
@flags.no_record
@flags.plugin
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

    label = read_label(run, given["label"])
    frames = _key_frames(run, given, label)
    request = SampleRequest(frames, *style_of_run(run, given), label, steering_of(run, given))
    motion = Motion(**{name: given[name] for name in MOTION})
    animation = plan_animation(run, request, motion)
    with bar(animation.count, "frame", hidden=output.hidden) as reach:
        out = write_animation(
            animation,
            Path(given["out"]) if given["out"] else _default_file(run, given),
            overwrite=given["overwrite"],
            keep_record=not given["no_record"],
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
    from artgan.core.sample import parse_seeds

    files = [name.strip() for name in (given["from_latents"] or "").split(",") if name.strip()]
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
