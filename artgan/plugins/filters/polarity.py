"""Decides which side of a picture is ink: what stands on a plain dark ground is turned over.

A print has ink for the figure and paper for the ground. A drawing on black, such as a digit, would
print as a pale blob in a sheet of ink; its rim is dark and even. A photograph has an uneven rim or
a light one, and stays.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import fit_gamut, oklab_to_srgb, srgb_to_oklab, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_materials import PolarityOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._paint import rim_values

DARK, EVEN = 0.35, 0.12
"""Lightness below which a rim is dark, and the spread up to which it is even."""
PALE = 0.8
"""Lightness from which a figure on clear ground would not show as ink."""


def apply(picture: Picture, options: PolarityOptions, context: FilterContext) -> Picture:
    """Turn lightness over, in sRGB, where the picture or the option asks for it."""
    if not _turned(picture, options.figure):
        return picture
    if picture.color.shape[2] == 1:
        return picture.replace(color=1 - picture.color, indexed=None)
    lab = srgb_to_oklab(to_rgb(picture.color))
    lab[:, :, 0] = 1 - lab[:, :, 0]
    return picture.replace(color=np.clip(oklab_to_srgb(fit_gamut(lab)), 0, 1), indexed=None)


def _turned(picture: Picture, figure: str) -> bool:
    if figure != "auto":
        return figure == "light"
    plane = tone(picture)
    if picture.alpha is not None and float(picture.alpha.min()) < 0.5:
        solid = picture.alpha[:, :, 0] > 0.5
        return bool(solid.any()) and float(plane[solid].mean()) > PALE
    rim = rim_values(plane)
    low, high = np.quantile(rim, (0.1, 0.75))
    return bool(np.median(rim) < DARK and high - low < EVEN and plane.max() - np.median(rim) > 0.2)
