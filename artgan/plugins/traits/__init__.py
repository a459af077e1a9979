"""Catalogue of the built-in traits: what can be measured of the pictures of a series."""

from collections.abc import Iterator

from artgan.plugin import MeasuredTrait, hookimpl
from artgan.plugins.traits._words import COLORS


@hookimpl
def artgan_traits() -> Iterator[MeasuredTrait]:
    """Yield the built-in traits."""
    yield MeasuredTrait(
        name="light",
        summary="Mean lightness, from black (0) to white (1).",
        measure="artgan.plugins.traits.measures:measure_light",
        title="Light",
        step=0.05,
    )
    yield MeasuredTrait(
        name="main-color",
        summary="The colour, in one word, that most of what is coloured has.",
        measure="artgan.plugins.traits.measures:measure_color",
        title="Colour",
        values=COLORS,
    )
    yield MeasuredTrait(
        name="symmetry",
        summary="How alike left and right are: 1 for a mirror image.",
        measure="artgan.plugins.traits.measures:measure_symmetry",
        title="Symmetry",
        step=0.05,
    )
