"""A checked style: a chain of steps, and what comes out of it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from artgan.base.contributions import Entry
from artgan.base.options import build_options, describe, to_plain
from artgan.base.suggest import join_names, suggest
from artgan.errors import ArtganError, OptionError, StyleError
from artgan.palettes.colormaps import PREFIX, named_colormaps, spelled_out
from artgan.palettes.find import names_file
from artgan.plugin import Options
from artgan.plugin.color import BLENDS
from artgan.plugin.masks import check_mask
from artgan.plugin.picture import Picture
from artgan.styling.knobs import Knob

LAYING: tuple[str, ...] = ("blend", "opacity", "mask")
"""Keys of a step that say how its result is laid over the picture."""


@contextmanager
def errors_name(place: str) -> Iterator[None]:
    """Begin the message of errors with a place, such as a step of a style file, unless it does.

    The place "" adds nothing.
    """
    try:
        yield
    except ArtganError as error:
        if str(error).startswith(place):
            raise
        raise type(error)(f"{place}: {error}") from error


def knob_named(value: Any) -> str | None:
    """Return the name of the knob that a value stands for ("$glow" -> "glow"), or None."""
    return value[1:] if isinstance(value, str) and value.startswith("$") else None


def set_knobs(
    values: Mapping[str, Any], knobs: Mapping[str, Knob], seed: int | None = None
) -> dict[str, Any]:
    """Put their values in place of knobs, drawn by a seed where they vary; None takes defaults."""
    return {
        name: value if (knob := knob_named(value)) is None else knobs[knob].value(seed)
        for name, value in values.items()
    }


@dataclass(frozen=True)
class Step:
    """One filter call.

    ``values`` are options as given; "$name" stands for one of the ``knobs`` of the style around it.
    ``blend``, ``opacity`` (0 to 1) and ``mask`` (in the words of ``artgan.plugin.masks``; "" is
    everywhere) say how the result is laid over the picture before the step, and ``laid_by`` which
    knobs set them. ``place`` is how errors name the step of a style file, or "". ``surveyed`` says
    that its filter has filled in what all pictures decide together.
    """

    entry: Entry
    values: Mapping[str, Any]
    blend: str = "normal"
    opacity: float = 1.0
    mask: str = ""
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    laid_by: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    credits: tuple[str, ...] = ()
    surveyed: bool = False

    def options(self, seed: int | None) -> Options:
        """Check and build the options; a seed draws the knobs that vary, None takes defaults."""
        values = set_knobs(self.values, self.knobs, seed)
        options: Options = build_options(self.entry.declaration.options, values, self.entry.where)
        return options

    def spelled_out(self, seed: int) -> tuple[Options, tuple[str, ...]]:
        """Build the options for a seed with colours in place of colormaps; add the credits."""
        options, credits = spelled_out(self.options(seed))
        return options, (*self.credits, *credits)

    def drawn(self, seed: int) -> "Step":
        """Return the step with blend, opacity and mask as their knobs are drawn by a seed."""
        drawn = {key: self.knobs[knob].value(seed) for key, knob in self.laid_by.items()}
        return lay_step(self, {**self.laying, **drawn}) if drawn else self

    @property
    def laying(self) -> dict[str, Any]:
        """Blend, opacity and mask where they differ from the default, by their keys in files."""
        keys = {"blend": self.blend, "opacity": self.opacity, "mask": self.mask}
        return {key: value for key, value in keys.items() if value not in ("normal", 1, "")}

    @property
    def varies(self) -> bool:
        """Whether the options depend on the seed."""
        named = [knob_named(value) for value in self.values.values()]
        return any(self.knobs[name].vary for name in (*named, *self.laid_by.values()) if name)


def lay_step(step: Step, laid: Mapping[str, Any]) -> Step:
    """Return the step with this blend, opacity and mask; keys left out take their defaults."""
    where, blend = step.entry.where, str(laid.get("blend", "normal"))
    if blend not in BLENDS:
        raise OptionError(
            f"{where}: blend '{blend}' does not fit; expected {join_names(BLENDS)}."
            f"{suggest(blend, BLENDS)}"
        )
    try:
        opacity = float(laid.get("opacity", 1.0))
    except (TypeError, ValueError):
        opacity = -1.0
    if not 0 <= opacity <= 1:
        raise OptionError(f"{where}: opacity does not fit; expected a number from 0 to 1")
    mask = str(laid.get("mask", ""))
    if mask:
        try:
            check_mask(mask)
        except StyleError as error:
            raise OptionError(f"{where}: {error}") from error
    return replace(step, blend=blend, opacity=opacity, mask=mask)


@dataclass(frozen=True)
class Chain:
    """A checked chain of filter calls; ``requires`` lists facts of the picture, such as "wrap".

    ``notes`` are sentences for the record of every picture.
    """

    name: str
    steps: tuple[Step, ...]
    requires: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def record(
        self, seed: int, palettes: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Return the name, and each step with its plugin's version and the options used.

        ``palettes`` has the colours looked up by name. A palette file is recorded as its colours,
        since the record must mean the same where the file is missing.
        """

        def plain(value: Any) -> Any:
            file = isinstance(value, str) and names_file(value)
            return palettes.get(value, value) if file else value

        steps: list[dict[str, Any]] = []
        credited: dict[str, None] = {}
        for step in (step.drawn(seed) for step in self.steps):
            options, credits = step.spelled_out(seed)
            credited |= dict.fromkeys(credits)
            about = {"filter": step.entry.full_name, "version": step.entry.plugin.version}
            values = {name: plain(value) for name, value in to_plain(options).items()}
            steps.append({**about, **step.laying, "options": values})
        record = {"name": self.name, "steps": steps}
        return {**record, "credits": [*credited]} if credited else record


@dataclass(frozen=True)
class Styled:
    """A picture that went through a chain, and the chain with options and notes as plain values."""

    picture: Picture
    record: Mapping[str, Any]


def spell_out_chains(
    entry: Entry, values: Mapping[str, Any], read: Callable[[str], Chain]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Put colours in place of colormaps in the options of a filter that hold chains.

    ``read`` parses a chain. Returns the options, and the names to credit.
    """
    spelled, credits = dict(values), dict[str, None]()
    for fact in describe(entry.declaration.options):
        if fact.means in ("style", "styles") and fact.name in spelled:
            spelled[fact.name] = _spell_out(spelled[fact.name], read, credits)
    return spelled, tuple(credits)


def _spell_out(chain: Any, read: Callable[[str], Chain], credits: dict[str, None]) -> Any:
    if isinstance(chain, list | tuple):
        return [_spell_out(part, read, credits) for part in chain]
    if not isinstance(chain, str) or PREFIX not in chain:
        return chain
    calls = (part.strip() for part in chain.split("|"))
    return " | ".join(_spell_out_call(call, read, credits) for call in calls)


def _spell_out_call(call: str, read: Callable[[str], Chain], credits: dict[str, None]) -> str:
    if PREFIX not in call:
        return call
    for step in read(call).steps:
        options = step.options(None)
        for name, colormap in named_colormaps(options).items():
            # Not where it is the beginning of a longer name.
            written = re.escape(getattr(options, name)) + r"(?![\w:])"
            call = re.sub(written, ",".join(colormap.colors), call)
            credits[colormap.credit_line] = None
    return call
