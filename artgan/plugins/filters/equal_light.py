"""Gives all pictures of a set the same lightness in the middle, by bending their tones.

Black stays black and white stays white, so that nothing is clipped.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import lightness, linear_to_srgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_set import EqualLightOptions

DARKEST, LIGHTEST = 0.04, 0.96
"""Lightness beyond which the middle of a picture counts as this."""

STRONGEST = 3.0
"""How strongly tones are bent at most."""


def survey(
    pictures: Iterable[Picture], options: EqualLightOptions, context: FilterContext
) -> EqualLightOptions:
    """Find the lightness in the middle of all pictures."""
    if options.light or not options.strength:
        return options
    light = float(np.median([_middle(picture) for picture in pictures]))
    return msgspec.structs.replace(options, light=round(light, 4))


def apply(picture: Picture, options: EqualLightOptions, context: FilterContext) -> Picture:
    """Bend the tones so that the middle one has the lightness wanted."""
    if not options.light or not options.strength:
        return picture
    bend = np.log(min(max(options.light, DARKEST), LIGHTEST)) / np.log(_middle(picture))
    power = min(max(bend, 1 / STRONGEST), STRONGEST) ** options.strength
    return picture.replace(color=np.clip(picture.color, 0, 1) ** np.float32(power))


def _middle(picture: Picture) -> float:
    """Return the lightness, as an sRGB grey, that half of the pixels which show exceed."""
    # As the grey of this lightness, of which bending the tones makes exactly what is wanted.
    light = linear_to_srgb(lightness(picture.color) ** 3)
    if picture.alpha is not None:
        seen = light[picture.alpha[:, :, 0] > 0.5]
        light = seen if len(seen) else light
    return min(max(float(np.median(light)), DARKEST), LIGHTEST)
