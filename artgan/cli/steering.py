"""Flags that say where in latent space pictures are made: label, truncation, directions, mixing."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.cli import flags
from artgan.errors import OptionError

if TYPE_CHECKING:
    from artgan.latents.steering import Steering

steering_flags = flags.group(
    click.option(
        "--truncation",
        type=click.FloatRange(0, 2),
        default=1.0,
        show_default=True,
        help="Less is more usual and less varied; 0 is the mean picture.",
    ),
    click.option(
        "--move", multiple=True, metavar="NAME=X", help="Move along a direction; may be repeated."
    ),
    click.option(
        "--mix", metavar="SEED:LAYER", help="Finer layers of another seed, from LAYER on."
    ),
)
"""What ``steering_of`` reads."""


def steering_of(run: "artgan.Run", given: Mapping[str, Any]) -> "Steering":
    """Return what the flags of ``steering_flags`` ask for."""
    from artgan.latents.directions import resolve_steering
    from artgan.latents.steering import SteeringOptions

    moves, mix = parse_moves(given["move"]), parse_mix(given["mix"])
    return resolve_steering(run, SteeringOptions(given["truncation"], moves, mix))


def label_flag(text: str) -> flags.Decorator:
    """Declare --label, by name or number; ``read_label`` reads it."""
    return click.option("--label", metavar="NAME", help=f"{text} By name or number.")


def read_label(run: "artgan.Run", given: str | None) -> int | None:
    """Return the number of the label that --label names, or None."""
    from artgan.sampling.labels import find_label

    if given is None:
        return None
    return find_label(given, run.config.class_names, run.config.classes)


def parse_moves(given: Sequence[str]) -> dict[str, float]:
    """Read "tilt=2" and others as direction -> standard deviations."""
    moves: dict[str, float] = {}
    for text in given:
        name, equals, amount = text.partition("=")
        try:
            moves[name.strip()] = float(amount)
        except ValueError:
            equals = ""
        if not equals or not name.strip() or not math.isfinite(moves[name.strip()]):
            raise OptionError(f"--move {text} does not fit; expected NAME=NUMBER, as in tilt=2")
    return moves


def parse_mix(text: str | None) -> tuple[int, int] | None:
    """Read "9:4" as seed and layer."""
    if text is None:
        return None
    seed, _, layer = text.partition(":")
    if not seed.isdecimal() or not layer.isdecimal():
        raise OptionError(f"--mix {text} does not fit; expected SEED:LAYER, as in 9:4")
    return int(seed), int(layer)
