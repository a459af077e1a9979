"""Spot inks with misregistration: covers are found whose densities add up to the picture's.

Inks are see-through, so their densities (the negative logarithm of light) add. Covers are a least
squares fit with bounds 0 and 1, by a few sweeps of coordinate descent.
"""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_color import RisographOptions
from artgan.plugins.filters._sampling import shift

DARKEST = 0.03
SPECK = 0.0014
"""Size of a speck as a share of the shorter side."""


def apply(picture: Picture, options: RisographOptions, context: FilterContext) -> Picture:
    """Print the picture; ``picture`` is linear, and its clear parts are bare paper."""
    paper = ink_light(options.paper)
    densities = np.stack(
        [_density(ink_light(ink) * paper) - _density(paper) for ink in options.inks]
    )
    wanted = np.maximum(_density(to_rgb(picture.color)) - _density(np.ones(3, np.float32)), 0)
    plates = _split(wanted, densities)
    if picture.alpha is not None:
        plates *= picture.alpha
    printed = np.broadcast_to(paper, (*plates.shape[:2], 3)).copy()
    for number, ink in enumerate(options.inks):
        plate = _slip(plates[:, :, number : number + 1], picture, options, context)
        plate = _speckle(plate, picture, options, context)
        printed *= 1 - plate * (1 - ink_light(ink))
    return picture.replace(color=printed)


def _density(light: FloatArray) -> FloatArray:
    """Compute the negative logarithm of light, which is limited to ``DARKEST``."""
    density: FloatArray = -np.log(np.maximum(light, DARKEST)).astype(np.float32)
    return density


def _split(wanted: FloatArray, inks: FloatArray) -> FloatArray:
    """Find covers (H, W, K) whose densities come nearest to the wanted ones (H, W, 3)."""
    cover = np.zeros((*wanted.shape[:2], len(inks)), np.float32)
    rest = wanted.copy()
    for _ in range(8):
        for number, ink in enumerate(inks):
            step = rest @ ink / max(float(ink @ ink), 1e-6)
            new = np.clip(cover[:, :, number] + step, 0, 1)
            rest -= (new - cover[:, :, number])[:, :, None] * ink
            cover[:, :, number] = new
    return cover


def _slip(
    plate: FloatArray, picture: Picture, options: RisographOptions, context: FilterContext
) -> FloatArray:
    """Shift a plate in a random direction."""
    angle = context.rng.uniform(0, 2 * math.pi)
    reach = options.misregister * picture.shorter_side
    return shift(plate, reach * math.sin(angle), reach * math.cos(angle), picture.wraps)


def _speckle(
    plate: FloatArray, picture: Picture, options: RisographOptions, context: FilterContext
) -> FloatArray:
    """Turn tints into specks of full ink, with holes where the ink is worn."""
    shape = (picture.height, picture.width, 1)
    noise = context.rng.standard_normal(shape, dtype=np.float32)
    noise = gaussian_blur(noise, SPECK * picture.shorter_side / 2, picture.wraps)
    noise /= max(float(noise.std()), 1e-6)
    # The logistic curve approximates the normal distribution function to within 1 %.
    rank = 1 / (1 + np.exp(np.clip(-1.702 * noise, -30, 30)))
    worn = plate * (1 - np.float32(0.12 * options.grain))
    if options.screen == "none":
        patchy = worn + (rank - 0.5) * np.float32(0.3 * options.grain) * plate
        tint: FloatArray = np.clip(patchy, 0, 1)
        return tint
    specks: FloatArray = (worn > rank).astype(np.float32)
    return specks
