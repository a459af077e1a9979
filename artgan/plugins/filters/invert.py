"""Turns light to dark: OKLab lightness alone, or all channels, as in a film negative."""

from artgan.plugin import FilterContext
from artgan.plugin.color import fit_gamut, lightness, linear_to_srgb, oklab_to_srgb, srgb_to_oklab
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_color import InvertOptions


def apply(picture: Picture, options: InvertOptions, context: FilterContext) -> Picture:
    """Invert each pixel; colours that would leave the gamut of sRGB lose chroma."""
    if options.what == "color":
        return picture.replace(color=1 - picture.color)
    if picture.color.shape[2] == 1:
        opposite = (1 - lightness(picture.color)) ** 3
        return picture.replace(color=linear_to_srgb(opposite)[:, :, None])
    lab = srgb_to_oklab(picture.color)
    lab[:, :, 0] = 1 - lab[:, :, 0]
    return picture.replace(color=oklab_to_srgb(fit_gamut(lab)))
