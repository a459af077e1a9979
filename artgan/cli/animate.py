"""``artgan animate``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.bar import bar
from artgan.cli.flags import StyleFlags, collect
from artgan.cli.main import say
from artgan.cli.steering import label_flag, read_label, steering_flags, steering_of

if TYPE_CHECKING:
    from artgan.run import Run


@click.command("animate", cls=StyleFlags)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--seeds", help="Key frames in order, as in 1,5,9.  [default: 0-3]")
@click.option("--from-latents", metavar="FILES", help="Key frames by artgan project: a,b.")
@click.option("--loop", is_flag=True, help="Back to the first frame without a jump, for ever.")
@click.option("--walk", is_flag=True, help="Walk at random from one seed.")
@click.option("--seconds", type=float, help="Length.  [default: 3 for each key frame]")
@click.option("--fps", type=float, default=24, show_default=True, help="Frames a second.")
@click.option(
    "--way",
    type=click.Choice(["smooth", "spherical", "linear"]),
    default="smooth",
    show_default=True,
    help="Round corners, arcs or straight lines from key to key.",
)
@click.option("--sound", type=click.Path(path_type=Path), help="WAV file: keys fall on its beats.")
@click.option("--beats", type=int, default=2, show_default=True, help="Beats from key to key.")
@click.option("--style", multiple=True, help="Style, repeatable.  [default: the run's]")
@label_flag("Class of all frames.")
@steering_flags
@click.option("--size", type=int, help="Shorter side in pixels.  [default: the style's]")
@click.option(
    "--out",
    help=".gif .webp .apng .mp4 .webm, or FOLDER/ for frames.  [default: RUN/animations]",
)
@click.option("--overwrite", is_flag=True, help="Replace a file of that name.")
@click.option("--no-record", is_flag=True, help="Do not write what made it into it.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the file as JSON.")
def animate_command(**given: Any) -> int:
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
    from artgan.run import load_run
    from artgan.sampling.samples import SampleRequest

    run = load_run(given["run"])
    given["label"] = read_label(run, given["label"])
    names = ("seconds", "fps", "loop", "walk", "way", "sound", "beats", "size")
    motion = Motion(**{name: given[name] for name in names})
    style = list(given["style"]) or run.config.style
    request = SampleRequest(
        _keys(run, given),
        style[0] if isinstance(style, list) and len(style) == 1 else style,
        collect(given).get("knobs") or (run.config.knobs if not given["style"] else {}),
        given["label"],
        steering_of(run, given),
    )
    animation = plan_animation(run, request, motion)
    quiet = given["quiet"] or given["as_json"]
    with bar(animation.count, "frame", hidden=quiet) as reach:
        out = write_animation(
            animation,
            _place(run, given),
            overwrite=given["overwrite"],
            keep_record=not given["no_record"],
            show=lambda number: reach(number + 1),
        )
    if given["as_json"]:
        click.echo(json.dumps({"file": str(out), "frames": animation.count}))
    elif not quiet:
        size = "" if out.is_dir() else f", {out.stat().st_size / 1e6:.1f} MB"
        say(f"{out}: {animation.count} frames, {animation.count / motion.fps:.1f} seconds{size}")
    return 0


def _keys(run: "Run", given: dict[str, Any]) -> list[Any]:
    from artgan.core.sample import parse_seeds

    files = [name.strip() for name in (given["from_latents"] or "").split(",") if name.strip()]
    seeds = parse_seeds(given["seeds"]) if given["seeds"] else [] if files else [0, 1, 2, 3]
    if given["walk"] and not given["seeds"] and not files:
        seeds = [0]
    points = run.points(seeds, label=given["label"])
    for name in files:
        points += run.points(file=name, label=given["label"])
    return points


def _place(run: "Run", given: dict[str, Any]) -> Path:
    """Give the file or folder to write; a folder's name ends in a slash or has no ending."""
    if given["out"]:
        return Path(given["out"])
    seeds = (given["seeds"] or "latents" if given["from_latents"] else given["seeds"]) or "0-3"
    kind = "walk" if given["walk"] else "loop" if given["loop"] else "way"
    name = f"{kind}-{seeds}".replace(",", "-").replace(" ", "")[:60]
    return run.path / "animations" / f"{name}.gif"
