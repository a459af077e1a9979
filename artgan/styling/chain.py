"""A checked style: steps, the chain, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from artgan.base.options import build_options, to_plain
from artgan.base.suggest import join_names, suggest
from artgan.core.registry import Entry
from artgan.errors import ArtganError, OptionError, StyleError
from artgan.palettes.colormaps import spelled_out
from artgan.palettes.find import names_file
from artgan.plugin import Options
from artgan.plugin.color import BLENDS
from artgan.plugin.masks import check_mask
from artgan.plugin.picture import Picture
from artgan.styling.knobs import Knob

LAYING: tuple[str, ...] = ("blend", "opacity", "mask")
"""Keys of a step that tell how its result is laid over the picture."""

FACTS = ("wrap",)
"""What a style may require of a picture."""

STYLE_KEYS = ("name", "summary", "steps", "knobs", "defaults", "requires", "credits")


@dataclass(frozen=True)
class Step:
    """One filter call.

    Attributes:
        entry: The filter.
        values: Its options as given; "$name" stands for a knob.
        blend: How the result is laid over what was there.
        opacity: How much of it, 0 to 1.
        mask: Where alone it is laid, in the words of ``artgan.plugin.masks``, or "".
        knobs: Knobs of the style that the step stands in.
        laid_by: "blend", "opacity" or "mask" -> the knob that sets it.
        told: Adds file and line to an error, if the step stands in a file.
        credits: Whom the style that it stands in names.
    """

    entry: Entry
    values: Mapping[str, Any]
    blend: str = "normal"
    opacity: float = 1.0
    mask: str = ""
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    laid_by: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[ArtganError], ArtganError] = lambda error: error
    credits: tuple[str, ...] = ()

    def options(self, seed: int | None) -> Options:
        """Check the options, with knobs in place; a seed draws those that vary."""
        values = {k: self._value(v, seed) for k, v in self.values.items()}
        options: Options = build_options(self.entry.declaration.options, values, self.entry.where)
        return options

    def spelled_out(self, seed: int) -> tuple[Options, tuple[str, ...]]:
        """Give the options as a picture's seed has them, colormaps as colours, and the credits."""
        options, credits = spelled_out(self.options(seed))
        return options, (*self.credits, *credits)

    def _value(self, value: Any, seed: int | None) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.knobs[value[1:]].value(seed)
        return value

    def drawn(self, seed: int) -> "Step":
        """Give the step as a picture's seed has it laid."""
        turned = {key: self.knobs[knob].value(seed) for key, knob in self.laid_by.items()}
        return _laid(self, {**self.laying, **turned}) if turned else self

    @property
    def laying(self) -> dict[str, Any]:
        """Tell how the result is laid, as far as it is not plain, by the keys of style files."""
        keys = {"blend": self.blend, "opacity": self.opacity, "mask": self.mask}
        return {key: value for key, value in keys.items() if value not in ("normal", 1, "")}

    @property
    def varies(self) -> bool:
        """Whether the options depend on the seed."""
        names = [v[1:] for v in self.values.values() if isinstance(v, str) and v.startswith("$")]
        names += self.laid_by.values()
        return any(self.knobs[name].vary for name in names)


@dataclass(frozen=True)
class Chain:
    """A checked chain of filter calls.

    Attributes:
        name: What it is called.
        steps: Filter calls in order.
        requires: Facts that the picture must have, such as "wrap".
        defaults: Settings that suit the style.
    """

    name: str
    steps: tuple[Step, ...]
    requires: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def record(
        self, seed: int, palettes: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Give its name, and every step with its plugin's version and the options that it uses.

        Args:
            seed: Key of what is drawn.
            palettes: Name -> colours of those looked up; files stand there as their colours, since
                the record must mean the same where the file is not.
        """

        def meant(value: Any) -> Any:
            file = isinstance(value, str) and names_file(value)
            return palettes.get(value, value) if file else value

        steps: list[dict[str, Any]] = []
        named: dict[str, None] = {}
        for step in (step.drawn(seed) for step in self.steps):
            options, credits = step.spelled_out(seed)
            named |= dict.fromkeys(credits)
            about = {"filter": step.entry.full_name, "version": step.entry.plugin.version}
            plain = {k: meant(v) for k, v in to_plain(options).items()}
            steps.append({**about, **step.laying, "options": plain})
        return {"name": self.name, "steps": steps, **({"credits": [*named]} if named else {})}


@dataclass(frozen=True)
class Styled:
    """A picture that went through a chain.

    Attributes:
        picture: The result.
        record: The chain with all options as used, and notes, as plain values.
    """

    picture: Picture
    record: Mapping[str, Any]


def _laid(step: Step, laid: Mapping[str, Any]) -> Step:
    """Give a step with its blend, opacity and mask, checked."""
    where, blend, mask = (
        step.entry.where,
        str(laid.get("blend", "normal")),
        str(laid.get("mask", "")),
    )
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
    if mask:
        try:
            check_mask(mask)
        except StyleError as error:
            raise OptionError(f"{where}: {error}") from error
    return replace(step, blend=blend, opacity=opacity, mask=mask)


def _facts(required: Any, style: str) -> tuple[str, ...]:
    """Check what a style requires of a picture."""
    if not isinstance(required or [], list | tuple):
        raise StyleError(f"style '{style}': requires must be a list, as in [\"wrap\"]")
    for fact in required or ():
        if fact not in FACTS:
            raise StyleError(
                f"style '{style}' requires '{fact}'; expected {join_names(FACTS)}."
                f"{suggest(str(fact), FACTS)}",
                word=str(fact),
            )
    return tuple(required or ())
