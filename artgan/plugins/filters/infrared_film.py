"""Colour infrared film: leaves are crimson, skies go to teal, lights bloom.

The film (Kodak Aerochrome) shows infrared as red, red as green, and green as blue. A picture does
not hold the infrared, but leaves reflect most of it: it is taken to be as strong as what is green
or yellow is bright. A picture without colours has no leaves; there its middle tones stand in.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import light_lightness, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import InfraredFilmOptions
from artgan.plugins.filters._paint import step


def apply(picture: Picture, options: InfraredFilmOptions, context: FilterContext) -> Picture:
    """Expose the film; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    light = to_rgb(picture.color)
    leaves = _leaves(light)
    red, green, blue = light[:, :, 0], light[:, :, 1], light[:, :, 2]
    brightness = light.mean(axis=2)
    infra = 0.55 * red + 0.45 * brightness
    infra = infra + (np.clip(2.6 * np.maximum(green, brightness) + 0.05, 0, 1) - infra) * leaves
    kept = 1 - 0.75 * leaves
    film = np.stack(
        [infra, 0.9 * red * kept + 0.06 * green, (0.65 * green + 0.35 * blue) * kept], 2
    )
    film[:, :, 2] += 0.16 * leaves * infra
    # There is no layer against halation in this film.
    bright = film * step(0.35, 0.9, film.mean(axis=2))[:, :, None]
    if picture.alpha is not None:
        bright = bright * picture.alpha
    film += np.float32(options.bloom) * gaussian_blur(
        bright, 0.02 * picture.shorter_side, picture.wraps
    )
    mixed = light + (film - light) * np.float32(options.strength)
    return picture.replace(color=np.clip(mixed, 0, 1).astype(np.float32))


def _leaves(light: FloatArray) -> FloatArray:
    """Estimate how much (H, W) of each pixel is leaf."""
    red, green, blue = light[:, :, 0], light[:, :, 1], light[:, :, 2]
    total = np.maximum(light.sum(axis=2), 0.02)
    leafy = step(0.02, 0.22, (2 * green - red - blue) / total + 0.22 * (red - blue) / total)
    leafy = leafy * step(-0.05, 0.12, (green - 0.8 * red) / total)
    spread = light.max(axis=2) - light.min(axis=2)
    grey = 1 - step(0.02, 0.06, spread / total)
    tone = light_lightness(light)
    middle = step(0.15, 0.5, tone) * (1 - step(0.8, 1.0, tone))
    # Only in a picture that is grey throughout.
    found: FloatArray = np.maximum(leafy, middle * grey * np.float32(float(grey.mean()) > 0.97))
    return found
