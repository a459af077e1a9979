"""A cathode-ray tube: curved glass, smeared colour, scan lines and bloom, in linear light."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, oklab_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_color import CrtOptions, ScanlinesOptions
from artgan.plugins.filters._warp import fetch
from artgan.plugins.filters.scanlines import gaps

BLOOM_RADIUS, BLOOM = 0.02, 0.35
LINES = ScanlinesOptions(strength=0.55)
BRIGHTER = 1.35
"""Factor that makes up for the light that the gaps take away."""


def apply(picture: Picture, options: CrtOptions, context: FilterContext) -> Picture:
    """Show the picture on a tube; beyond the curved glass it is black."""
    if options.strength == 0:
        return picture
    plain = to_rgb(picture.color)
    light = plain if picture.alpha is None else plain * picture.alpha
    light = _bleed(light, options.bleed * picture.shorter_side)
    light = bulge(light, options.bulge)
    lines = ScanlinesOptions(lines=options.lines, strength=LINES.strength)
    lit = light * gaps(picture.height, lines)[:, None, None] * np.float32(BRIGHTER)
    lit += gaussian_blur(light, BLOOM_RADIUS * picture.shorter_side) * np.float32(BLOOM)
    lit /= 1 + np.maximum(lit - np.float32(0.7), 0)
    strength, alpha = np.float32(options.strength), picture.alpha
    mixed = plain + (lit - plain) * strength
    if alpha is not None:
        alpha = alpha + (1 - alpha) * strength
    return picture.replace(color=np.clip(mixed, 0, 1), alpha=alpha)


def _bleed(light: FloatArray, sigma: float) -> FloatArray:
    """Blur the colour axes of OKLab and keep lightness sharp, as a narrow colour signal does."""
    lab = linear_to_oklab(np.clip(light, 0, 1))
    lab[:, :, 1:] = gaussian_blur(np.ascontiguousarray(lab[:, :, 1:]), sigma)
    blurred: FloatArray = np.clip(oklab_to_linear(lab), 0, 1)
    return blurred


def bulge(light: FloatArray, amount: float) -> FloatArray:
    """Bend the picture over a sphere; places outside it are black."""
    if amount == 0:
        return light
    height, width = light.shape[:2]
    tall, wide = np.float32(height / 2), np.float32(width / 2)
    downs = ((np.arange(height, dtype=np.float32) + 0.5) / tall - 1)[:, None]
    across = ((np.arange(width, dtype=np.float32) + 0.5) / wide - 1)[None, :]
    bent = np.empty(light.shape, np.float32)

    def work(start: int, stop: int) -> None:
        down = downs[start:stop]
        bent_down = down * (1 + np.float32(amount) * across**2)
        bent_across = across * (1 + np.float32(amount) * down**2)
        # A soft rim of one pixel keeps the edge of the glass smooth.
        inside = np.clip((1 - np.abs(bent_down)) * tall + np.float32(0.5), 0, 1)
        inside *= np.clip((1 - np.abs(bent_across)) * wide + np.float32(0.5), 0, 1)
        part = bent[start:stop]
        rows, columns = (bent_down + 1) * tall, (bent_across + 1) * wide
        fetch(light, rows, columns, (False, False), into=part)
        part *= inside[:, :, None]

    in_strips(work, height, 4 * width)
    return bent
