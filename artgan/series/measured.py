"""Traits that are measured of finished editions, beside those that vary.

A value stands in the line of the edition; it decides nothing of the pictures.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.base.contributions import Entry
from artgan.base.suggest import join_names
from artgan.core.registry import Registry
from artgan.errors import PluginError, SeriesError
from artgan.pictures.files import from_pil, open_image
from artgan.series.definition import SeriesDefinition, Trait

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """A trait that is measured: who does, and how people read it."""

    entry: Entry
    trait: Trait

    def of(self, image: Image.Image) -> float | str:
        """Measure a finished picture.

        Raises:
            PluginError: The measure failed, or gave what it does not declare.
        """
        value = self.entry.call("measure", from_pil(image))
        if isinstance(value, np.generic):
            value = value.item()
        where, trait = self.entry.where, self.trait
        if trait.values:
            if value not in trait.values:
                raise PluginError(
                    f"{where} gave {value!r}; expected one of {join_names(trait.values)}"
                )
            return str(value)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not trait.low <= value <= trait.high:
            raise PluginError(
                f"{where} gave {value!r}; expected a number from {trait.low:g} to {trait.high:g}"
            )
        return round(float(value), 6)


def find_measures(series: SeriesDefinition, registry: Registry) -> tuple[Measure, ...]:
    """Look up what a series measures.

    Raises:
        UnknownNameError: There is no such trait.
        SeriesError: A trait that varies has the name.
    """
    found = []
    for name in series.measured:
        entry = registry.find("trait", name)
        if name in (trait.name for trait in series.traits):
            raise SeriesError(f"trait '{name}' both varies and is measured: leave one of them out")
        declared = entry.declaration
        values = tuple(declared.values)
        found.append(
            Measure(
                entry,
                Trait(
                    name,
                    values,
                    (1.0,) * len(values),
                    float(declared.low),
                    float(declared.high),
                    title=declared.title,
                    step=float(declared.step),
                ),
            )
        )
    return tuple(found)


def measure_picture(measures: Sequence[Measure], image: Image.Image) -> dict[str, Any]:
    """Measure all traits of a finished picture: name -> value."""
    return {measure.trait.name: measure.of(image) for measure in measures}


def with_measured(
    series: SeriesDefinition, lines: Sequence[Line], folder: Path, measures: Sequence[Measure]
) -> tuple[SeriesDefinition, list[dict[str, Any]]]:
    """Return a series and its lines with what is measured among the traits, to be shown.

    What a line lacks, since its series measures it only now, is measured of its file.
    """
    shown = copy.copy(series)
    shown.traits = [*series.traits, *(measure.trait for measure in measures)]
    return shown, [_with_values(line, folder, measures) for line in lines]


def _with_values(line: Line, folder: Path, measures: Sequence[Measure]) -> dict[str, Any]:
    kept = line.get("measured", {})
    missing = [measure for measure in measures if measure.trait.name not in kept]
    found = {
        **kept,
        **(measure_picture(missing, open_image(folder / line["file"])) if missing else {}),
    }
    wanted = {measure.trait.name: found[measure.trait.name] for measure in measures}
    return {**line, "traits": {**line["traits"], **wanted}}
