"""Watercolour: pigment that darkens at the rims of washes, settles in the paper and bleeds.

Bousseau et al. 2006, "Interactive watercolor rendering with temporal coherence and abstraction":
a density d of pigment changes a colour C to C - (C - C^2) (d - 1). Rims, granulation and turbulence
are densities; they follow what Curtis et al. 1997, "Computer-generated watercolor", found real
paint to do. Wet-in-wet, which they simulate, is a wash here whose edges run where noise says that
the paper was wet. Light parts stay paper, and a cut-out stands on it.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, oklab_to_linear, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import WashOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, lit, step, weave
from artgan.plugins.filters._warp import fetch


def apply(picture: Picture, options: WashOptions, context: FilterContext) -> Picture:
    """Paint with water; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = light * picture.alpha + (1 - picture.alpha)
    light = _wobbled(light, picture, rng)
    wet = step(0.1, 0.7, soft_noise(picture, 0.16, 0.6, rng) + (options.wet - 0.5) * 1.6)
    run = gaussian_blur(_wobbled(light, picture, rng, 0.02, 0.05), 0.02 * side)
    light = light + (run - light) * wet[:, :, None]
    light = _thinned(light, options)
    tooth = weave(picture, 0.004, rng)
    density = _density(light, tooth, wet, picture, options, rng)[:, :, None]
    paint = np.clip(light - (light - light * light) * (density - 1), 0, 1)
    covered = _covered(light, tooth, picture, options, rng)[:, :, None]
    paper = srgb_to_linear(flat_color(options.paper))
    grey = lit(tooth * np.float32(0.0016 * side), picture.wraps, 0.5 * options.texture)
    painted = paper * (1 + (paint - 1) * covered) * (0.55 + 0.45 * grey)[:, :, None]
    return picture.replace(
        color=np.clip(painted, 0, 1),
        alpha=None if picture.alpha is None else np.ones_like(picture.alpha),
    )


def _wobbled(
    light: FloatArray,
    picture: Picture,
    rng: np.random.Generator,
    amount: float = 0.004,
    size: float = 0.03,
) -> FloatArray:
    """Let the hand waver: move pixels by soft noise."""
    reach = np.float32(amount * picture.shorter_side)
    down, across = (soft_noise(picture, size, 1.0, rng) * reach for _ in range(2))
    down += (np.arange(picture.height, dtype=np.float32) + 0.5)[:, None]
    across += (np.arange(picture.width, dtype=np.float32) + 0.5)[None, :]
    return fetch(light, down, across, (False, False))


def _thinned(light: FloatArray, options: WashOptions) -> FloatArray:
    """Add water: no colour is darker than thin paint can be, and light ones are paper."""
    lab = linear_to_oklab(light)
    low = np.float32(0.2 + 0.3 * options.water)
    lab[:, :, 0] = low + (1.02 - low) * lab[:, :, 0] ** np.float32(1 - 0.25 * options.water)
    lab[:, :, 1:] *= np.float32(1.25)
    # Paint is never black: what is dark and grey is an indigo.
    deep = (1 - lab[:, :, 0]) * np.float32(0.09)
    lab[:, :, 2] -= deep
    lab[:, :, 1] += deep * np.float32(0.1)
    return np.clip(oklab_to_linear(lab), 0, 1)


def _density(
    light: FloatArray,
    tooth: FloatArray,
    wet: FloatArray,
    picture: Picture,
    options: WashOptions,
    rng: np.random.Generator,
) -> FloatArray:
    """Compute the density (H, W) of pigment, 1 on average."""
    side = picture.shorter_side
    lightness = linear_to_oklab(light)[:, :, 0]
    near, far = blur(lightness, 0.002 * side), blur(lightness, 0.009 * side)
    # Water carries pigment to the rim of a wash: just inside its edge.
    rim = np.clip((far - near) * 14, 0, 2) * (1 - 0.85 * wet)
    pools = soft_noise(picture, 0.22, 1.0, rng)
    settled = -tooth + 0.7 * soft_noise(picture, 0.0025, 0.0, rng)
    density: FloatArray = (
        1
        + np.float32(1.1 * options.rims) * rim
        + np.float32(0.55) * pools
        + np.float32(0.5 * options.granulation) * settled
    )
    return np.maximum(density, 0.25)


def _covered(
    light: FloatArray,
    tooth: FloatArray,
    picture: Picture,
    options: WashOptions,
    rng: np.random.Generator,
) -> FloatArray:
    """Compute where paint lies (H, W).

    It does not beyond a ragged border, nor on the peaks of the paper where the brush was dry.
    """
    height, width = picture.height, picture.width
    rows = np.minimum(np.arange(height) + 0.5, height - 0.5 - np.arange(height))[:, None]
    columns = np.minimum(np.arange(width) + 0.5, width - 0.5 - np.arange(width))[None, :]
    inside = np.minimum(rows, columns).astype(np.float32) / picture.shorter_side
    ragged = soft_noise(picture, 0.12, 1.0, rng) * 0.022 + tooth * 0.004
    paint = step(-0.004, 0.004, inside + ragged - np.float32(options.margin))
    dry = step(0.35, 0.75, tooth + 0.5 * soft_noise(picture, 0.1, 1.0, rng))
    bright = step(0.55, 0.95, light.mean(axis=2))
    covered: FloatArray = paint * (1 - dry * (0.35 + 0.5 * bright))
    return covered
