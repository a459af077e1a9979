"""Applies one of several styles, chosen by the picture's seed."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import RandomStyleOptions
from artgan.plugins.filters._inner import run_inside


def apply(picture: Picture, options: RandomStyleOptions, context: FilterContext) -> Picture:
    """Draw whether a style is applied and which; write the choice into the record."""
    if context.rng.random() >= options.chance:
        context.note("random left the picture alone")
        return picture
    chosen = options.styles[int(context.rng.integers(len(options.styles)))]
    context.note(f"random took '{chosen}'")
    return run_inside(context, chosen, picture)
