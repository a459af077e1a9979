"""Light that stays for a while: trails behind whatever moves in a film."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_film import FRAMES, AfterglowOptions

TINY = np.float32(1e-6)


def apply(picture: Picture, options: AfterglowOptions, context: FilterContext) -> Picture:
    """Keep at each place the brightest of now and of what is left of before; linear light."""
    before = context.frame.before
    if context.frame.count == 1:
        context.note("a still picture has no afterglow: it is the light of earlier frames")
    if not before or not options.persistence:
        return picture
    light, cover = _light(picture)
    for age, earlier in enumerate(before, 1):
        # The oldest frame fades out wholly, or its end would be seen.
        rest = 1 - age / (FRAMES + 1)
        left = np.float32(options.persistence**age * rest)
        old_light, old_cover = _light(earlier)
        light, cover = np.maximum(light, left * old_light), np.maximum(cover, left * old_cover)
    if picture.alpha is None:
        return picture.replace(color=light)
    return picture.replace(color=np.minimum(light / np.maximum(cover, TINY), 1), alpha=cover)


def _light(picture: Picture) -> tuple[FloatArray, FloatArray]:
    """Return the light (H, W, C) that a picture sheds, and how much it covers (H, W, 1)."""
    if picture.alpha is None:
        return picture.color, np.ones_like(picture.color[:, :, :1])
    return picture.color * picture.alpha, picture.alpha
