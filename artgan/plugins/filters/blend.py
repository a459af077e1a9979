"""Lays a styled copy over the picture."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import BlendOptions
from artgan.plugins.filters._inner import lay, run_inside


def apply(picture: Picture, options: BlendOptions, context: FilterContext) -> Picture:
    """Apply the style to a copy and lay it over the picture."""
    if options.strength == 0:
        return picture
    styled = run_inside(context, options.chain, picture)
    return lay(picture, styled, options.strength, options.mode)
