"""Reads which latents and sampler a user chooses, as in "rejection:keep=0.1 | truncation".

What flags have names for (truncation, directions, mixing) may stand in the chain as well; both say
the same, and records keep it in one form.
"""

from dataclasses import dataclass

from artgan.base.options import to_plain
from artgan.core.registry import Registry
from artgan.errors import OptionError
from artgan.latents.steering import SamplingChoice, SteeringOptions

USUAL = ("core/normal", "core/one-pass")
"""What is taken if nothing is chosen; records do not name it."""


@dataclass(frozen=True)
class ChosenSteering:
    """What a chain of latents and a sampler ask for.

    ``options`` has the truncation, moves and mixing of flags and chain; ``draw``, ``moves`` and
    ``sampler`` are as in ``Steering``.
    """

    options: SteeringOptions
    draw: SamplingChoice | None
    moves: tuple[SamplingChoice, ...]
    sampler: SamplingChoice | None


def read_chosen(options: SteeringOptions, registry: Registry) -> ChosenSteering:
    """Look up what steering options name.

    Raises:
        UnknownNameError: There is none of a name.
        OptionError: An option does not fit, or something is chosen twice.
    """
    truncation, moves, mix = options.truncation, dict(options.moves or {}), options.mix
    draws: list[SamplingChoice] = []
    further: list[SamplingChoice] = []
    for text in filter(None, map(str.strip, options.latents.split("|"))):
        choice, draws_seeds = find_choice("latents", text, registry)
        values = choice.options
        if choice.name == "core/truncation":
            _refuse_twice("truncation", truncation != 1)
            truncation = float(values["amount"])
        elif choice.name == "core/direction":
            _refuse_twice(f"direction '{values['name']}'", values["name"] in moves)
            moves[str(values["name"])] = float(values["amount"])
        elif choice.name == "core/style-mixing":
            _refuse_twice("style-mixing", mix is not None)
            mix = int(values["seed"]), int(values["layer"])
        elif draws_seeds:
            draws.append(choice)
        else:
            further.append(choice)
    if len(draws) > 1:
        raise OptionError(
            f"'{draws[0].text}' and '{draws[1].text}' both say which latent a seed stands for; "
            "choose one"
        )
    sampler = find_choice("sampler", options.sampler, registry)[0]
    return ChosenSteering(
        SteeringOptions(truncation, moves, mix),
        next((draw for draw in draws if draw.name not in USUAL), None),
        tuple(further),
        None if sampler.name in USUAL else sampler,
    )


def find_choice(kind: str, text: str, registry: Registry) -> tuple[SamplingChoice, bool]:
    """Find a contribution by "name" or "name:option=value"; tell also whether it draws seeds."""
    entry, options, told = registry.find_call(kind, text)
    choice = SamplingChoice(entry.full_name, to_plain(options), told)
    return choice, bool(getattr(entry.declaration, "draws", False))


def _refuse_twice(what: str, given: bool) -> None:
    if given:
        raise OptionError(f"{what} is given twice, by a flag and in --latents; leave one out")
