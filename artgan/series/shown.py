"""Traits as people read them: "Background: ochre", "Lines: 48"."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from artgan.palettes.names import HEX, color_name, palette_words
from artgan.series.definition import SeriesDefinition, Trait

PALETTES = ("palette", "colors")
"""Last parts of the names of traits whose values are palettes."""


def trait_title(trait: Trait) -> str:
    """Return what people call a trait: its title, or the last part of its name."""
    words = re.split(r"[-_ ]+", trait.name.rpartition(".")[2])
    return trait.title or " ".join(words).capitalize()


def trait_value(trait: Trait, value: Any) -> str:
    """Return a value as people read it: rounded, colours and palettes in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _rounded(value, trait.step or _natural_step(trait))
    if trait.name.rpartition(".")[2] in PALETTES:
        return palette_words(value)
    if isinstance(value, str):
        return color_name(value) if HEX.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)


def _natural_step(trait: Trait) -> float:
    """Return a power of ten, about a hundredth of the trait's range; 0 rounds nothing."""
    span = trait.high - trait.low
    return 0.0 if trait.values or span <= 0 else 10.0 ** math.floor(math.log10(span / 50))


def _rounded(value: float, step: float) -> str:
    if step <= 0:
        return f"{value:g}"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    # Steps such as 0.25 need a digit more than their power of ten.
    digits += 0 if math.isclose(step, round(step, digits)) else 1
    return f"{round(value / step) * step:.{digits}f}"


def shown_traits(series: SeriesDefinition, traits: Mapping[str, Any]) -> dict[str, str]:
    """Return the traits of an edition as title -> value, as people read them."""
    known = {trait.name: trait for trait in series.traits}
    found = {name: known.get(name, Trait(name)) for name in traits}
    return {trait_title(found[name]): trait_value(found[name], traits[name]) for name in traits}
