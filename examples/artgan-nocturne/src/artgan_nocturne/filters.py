"""The filters: stars and ripples."""

import numpy as np
from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur

from artgan_nocturne import RipplesOptions, StarsOptions

FAINTEST = 0.15


def star_field(rng: np.random.Generator, count: int) -> FloatArray:
    """Draw stars (count, 3): x and y in [0, 1), brightness in [0.15, 1], most of them faint."""
    drawn = rng.random((count, 3))
    drawn[:, 2] = FAINTEST + (1 - FAINTEST) * drawn[:, 2] ** 3
    return drawn.astype(np.float32)


def stars(picture: Picture, options: StarsOptions, context: FilterContext) -> Picture:
    """Add stars to the picture as light, so that nothing gets darker.

    Colours are (H, W, 1 or 3) in [0, 1]. Where the picture wraps, a star at an edge continues at
    the opposite one.
    """
    if options.count == 0 or options.brightness == 0:
        return picture
    field = star_field(context.rng, options.count)
    light = np.zeros((picture.height, picture.width, 1), np.float32)
    rows = (field[:, 1] * picture.height).astype(int) % picture.height
    columns = (field[:, 0] * picture.width).astype(int) % picture.width
    np.maximum.at(light[:, :, 0], (rows, columns), field[:, 2])
    sigma = options.size * picture.shorter_side
    if sigma > 0.3:
        # A dot blurred by sigma s has a peak of 1 / (2 pi s^2); the factor restores its peak.
        light = gaussian_blur(light, sigma, picture.wraps) * np.float32(2 * np.pi * sigma**2)
    shine = np.clip(light, 0, 1) * np.float32(options.brightness)
    return picture.replace(color=picture.color + (1 - picture.color) * shine)


def ripples(picture: Picture, options: RipplesOptions, context: FilterContext) -> Picture:
    """Shift each row sideways by a sine of its height; whole pixels, so that no colour changes."""
    phase = context.rng.uniform(0, 2 * np.pi)
    turns = np.arange(picture.height) / picture.height * options.waves
    shifts = np.rint(np.sin(2 * np.pi * turns + phase) * options.amount * picture.width).astype(int)
    columns = np.arange(picture.width)[None, :] - shifts[:, None]
    rows = np.arange(picture.height)[:, None]
    return picture.replace(pixels=picture.pixels[rows, columns % picture.width])
