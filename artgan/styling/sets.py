"""Chains that are settled by all pictures which a command styles together."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from artgan.base.seeding import key
from artgan.core.registry import Registry
from artgan.errors import ArtganError
from artgan.palettes.find import find_palette
from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.styling.apply import apply_style, prepare
from artgan.styling.chain import Chain, Step
from artgan.styling.survey import ALONE, CountedPictures, is_open, survey_step, with_steps

SeededPictures = Callable[[], Iterable[tuple[int, Picture]]]
"""Yields all pictures of a set anew, each with the seed of its style."""


class _NoneLeft(BaseException):
    """No picture came as far as the step that surveys them; no failure of the filter."""


def settle_chain(
    chain: Chain, pictures: SeededPictures, count: int, *, registry: Registry
) -> Chain:
    """Return a chain in which each step that looks at all pictures has found what it looks for.

    ``pictures`` are read once for each such step, and not at all where a chain has none. Those that
    cannot be read or styled do not count; what is wrong with them is told when they are made.

    Raises:
        StyleError: A filter refused the pictures.
        PluginError: A filter failed.
    """
    notes: list[str] = []
    steps = list(chain.steps)
    for number, step in enumerate(steps):
        if not is_open(step):
            continue
        so_far = with_steps(chain, steps[:number])
        looked = CountedPictures(_arriving(step, so_far, pictures, count, registry))
        context = FilterContext(
            rng=np.random.Generator(np.random.PCG64(key("survey", 0, number))),
            total=count,
            note=notes.append,
            palette=partial(_palette, registry, notes),
        )
        try:
            steps[number] = survey_step(step, looked, context, None)
        except _NoneLeft:
            return chain
        if looked.count == 1:
            notes.append(f"{step.entry.where} {ALONE}")
    return with_steps(chain, steps, notes)


def _palette(
    registry: Registry, notes: list[str], wanted: Any, picture: Picture | None
) -> FloatArray:
    return find_palette(wanted, registry, picture, notes.append)


def _arriving(
    step: Step, so_far: Chain, pictures: SeededPictures, count: int, registry: Registry
) -> Iterator[Picture]:
    """Yield the pictures as a step gets them."""
    arrived = 0
    for number, (seed, picture) in enumerate(pictures()):
        place = (number, count)
        try:
            styled = apply_style(so_far, picture, registry=registry, seed=seed, place=place)
            ready = prepare(step, styled.picture)
        except ArtganError:
            continue
        arrived += 1
        yield ready
    if not arrived:
        raise _NoneLeft
