"""Packs a style into one file that needs no other: knobs kept, palettes written out as colours."""

from collections.abc import Iterator, Mapping
from typing import Any

from artgan.base.options import describe
from artgan.core.registry import Registry
from artgan.errors import StyleError
from artgan.palettes.find import find_palette
from artgan.plugin.color import to_hex
from artgan.plugin.masks import is_picture_mask
from artgan.styling.chain import Chain, Step, knob_named
from artgan.styling.files import definition_toml
from artgan.styling.knobs import Knob
from artgan.styling.parse import parse_style, written_style

COLORS = ("palette", "ramp")
"""What an option means whose value is colours."""


def pack_style(wanted: Any, registry: Registry, name: str = "") -> str:
    """Write a style, however it is given, as one style file.

    Steps of styles inside it are spelled out. Knobs stay, with their present values as defaults; of
    two with one name the second gets a number. Palettes become colours, so that neither a palette
    file nor a plugin's palette is needed.

    Args:
        wanted: A name, a chain or a style file.
        registry: Where names are looked up.
        name: Name of the packed style; "" keeps the style's own.

    Raises:
        ArtganError: The style cannot be read.
        StyleError: A mask is a picture, which no style file can hold.
    """
    chain = parse_style(wanted, registry)
    if not chain.steps:
        raise StyleError("style 'none' has no steps to pack")
    written = written_style(wanted, registry)
    named = _named_knobs(chain)
    steps = [_packed_step(step, named[number], registry) for number, step in enumerate(chain.steps)]
    knobs = {
        own: _packed_knob(step, knob, registry)
        for number, step in enumerate(chain.steps)
        for knob, own in named[number].items()
    }
    credits = dict.fromkeys(line for step in chain.steps for line in step.credits)
    return definition_toml(
        name or chain.name,
        written.summary if written else "A chain of filters.",
        steps,
        knobs,
        {"requires": chain.requires, "defaults": chain.defaults, "credits": tuple(credits)},
    )


def _used_knobs(step: Step) -> Iterator[str]:
    for value in step.values.values():
        if (knob := knob_named(value)) is not None:
            yield knob
    yield from step.laid_by.values()


def _named_knobs(chain: Chain) -> list[dict[str, str]]:
    """Name the knobs of each step: knob -> its name in the packed style."""
    taken: dict[str, Knob] = {}
    named: list[dict[str, str]] = []
    for step in chain.steps:
        names = {}
        for knob in _used_knobs(step):
            name, number = step.knobs[knob].name, 1
            while taken.setdefault(name, step.knobs[knob]) != step.knobs[knob]:
                number += 1
                name = f"{step.knobs[knob].name}-{number}"
            names[knob] = name
        named.append(names)
    return named


def _color_options(step: Step) -> set[str]:
    """Name the given options whose values are colours, as they are spelled."""
    means = {fact.name: fact.means for fact in describe(step.entry.declaration.options)}
    return {option for option in step.values if means.get(option.replace("-", "_")) in COLORS}


def _packed_step(step: Step, named: Mapping[str, str], registry: Registry) -> dict[str, Any]:
    colors = _color_options(step)
    # In full, since where it is read another plugin may have a filter of the same short name.
    packed: dict[str, Any] = {"filter": step.entry.full_name}
    for option, value in step.values.items():
        if (knob := knob_named(value)) is not None:
            packed[option] = f"${named[knob]}"
        else:
            packed[option] = _written_out(value, registry) if option in colors else value
    if is_picture_mask(step.mask):
        raise StyleError(
            f"{step.entry.where} is laid on by the picture '{step.mask}', which no style file can "
            "hold; use another mask, or give both files away"
        )
    return packed | step.laying | {key: f"${named[knob]}" for key, knob in step.laid_by.items()}


def _packed_knob(step: Step, name: str, registry: Registry) -> dict[str, Any]:
    """Return the table of a knob with its present value as the default."""
    knob = step.knobs[name]
    about = {**knob.about, "default": knob.setting}
    if any(knob_named(step.values[option]) == name for option in _color_options(step)):
        about["default"] = _written_out(knob.setting, registry)
        if about.get("choices"):
            about["choices"] = [_written_out(each, registry) for each in about["choices"]]
    return about


def _written_out(palette: Any, registry: Registry) -> Any:
    """Return the colours of a palette as text; what depends on the picture stays as it is."""
    if not isinstance(palette, str) or palette.startswith(("own", "cmap:")):
        return palette
    return ",".join(to_hex(find_palette(palette, registry)))
