"""Applies a style several times."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import RepeatOptions
from artgan.plugins.filters._inner import run_inside


def apply(picture: Picture, options: RepeatOptions, context: FilterContext) -> Picture:
    """Apply the style ``count`` times."""
    for _ in range(options.count):
        picture = run_inside(context, options.chain, picture)
    return picture
