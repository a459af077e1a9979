"""Stippling: round dots of ink, dense where it is dark.

In a film dots begin at places that depend on the tone there alone, so they stay where it does.
"""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_drawn import StippleOptions
from artgan.plugins.filters._dots import Dots, place_dots
from artgan.plugins.filters._draw import draw_dots
from artgan.plugins.filters._ink import ink_covers, lay_ink


def apply(picture: Picture, options: StippleOptions, context: FilterContext) -> Picture:
    """Draw dots whose areas add up to the tone; ``picture`` is linear."""
    dots = stipple(picture, options, context)
    cover = draw_dots(dots, picture.height, picture.width, picture.wraps, apart=True)
    return lay_ink(picture, cover, options.ink, options.paper)


def stipple(picture: Picture, options: StippleOptions, context: FilterContext) -> Dots:
    """Place the dots for a picture (linear)."""
    cover = ink_covers(picture, (options.ink,))[:, :, 0]
    steady = context.frame.count > 1
    return place_dots(cover, options.dots, picture.wraps, context.rng, steady=steady)
