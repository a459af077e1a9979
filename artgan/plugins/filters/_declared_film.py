"""Options and declarations of the filters that look at the frames of a film."""

from typing import Annotated

from artgan.plugin import Filter, Options
from artgan.plugins.filters._declare import LIT, between, declare

FRAMES = 16
"""Frames before its own that an afterglow consists of."""


class AfterglowOptions(Options, frozen=True, kw_only=True):
    """Options of ``afterglow``."""

    persistence: Annotated[
        float, between(0, 0.9, "Share of its light that a place keeps until the next frame")
    ] = 0.7


FILTERS: tuple[Filter, ...] = (
    declare(
        "afterglow",
        "Let light fade slowly in films, as the phosphor of an oscilloscope does.",
        AfterglowOptions,
        main="persistence",
        **LIT,
        keeps_range=True,
        neutral={"persistence": 0},
        frames_before=FRAMES,
    ),
)
