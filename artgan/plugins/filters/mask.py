"""Applies a style to a part of the picture."""

from artgan.plugin import FilterContext
from artgan.plugin.masks import mask_weights, mask_wraps
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import MaskOptions
from artgan.plugins.filters._inner import lay, run_inside


def apply(picture: Picture, options: MaskOptions, context: FilterContext) -> Picture:
    """Blend the picture with a styled copy by the mask."""
    weights = mask_weights(options.where, picture, context.read, options.softness)
    if options.strength == 0:
        return picture
    styled = run_inside(context, options.chain, picture)
    laid = lay(picture, styled, weights * options.strength, "normal")
    across, down = mask_wraps(options.where)
    return laid.replace(wraps=(laid.wraps[0] and across, laid.wraps[1] and down))
