"""The filter: a picture in, a picture out."""

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugin_manager.scaffold.templates.plugin import FilterOptions


def apply(picture: Picture, options: FilterOptions, context: FilterContext) -> Picture:
    """Turn light to dark; colours are (H, W, C) in [0, 1]."""
    turned = 1 - picture.color
    return picture.replace(color=picture.color + (turned - picture.color) * options.strength)
