"""The ground that a style lays behind the clear parts of a picture."""

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_materials import GroundOptions
from artgan.plugins.filters._frame import flat_color


def apply(picture: Picture, options: GroundOptions, context: FilterContext) -> Picture:
    """Fill clear parts with one colour, in linear light; "none" leaves them."""
    if picture.alpha is None or options.color == "none":
        return picture
    light = to_rgb(picture.color) * picture.alpha
    light = light + srgb_to_linear(flat_color(options.color)) * (1 - picture.alpha)
    return picture.replace(pixels=light.astype("float32"), indexed=None)
