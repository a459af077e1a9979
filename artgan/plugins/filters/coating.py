"""A coat brushed on by hand: the picture ends where the brush did, in streaks, on bare paper."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import CoatingOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import lit, step, weave

LANES = 9
"""Strokes of the brush from top to bottom."""


def apply(picture: Picture, options: CoatingOptions, context: FilterContext) -> Picture:
    """Leave the picture where it was coated; ``picture`` is linear, and paper is opaque."""
    rng = context.rng
    light, paper = to_rgb(picture.color), srgb_to_linear(flat_color(options.paper))
    if picture.alpha is not None:
        light = light * picture.alpha + paper * (1 - picture.alpha)
    tooth = weave(picture, 0.005, rng)
    coat, streaks = _brushed(picture, options, rng)
    thin = np.clip(coat - 0.25 * step(0.3, 0.9, tooth), 0, 1)
    light = light * (1 + np.float32(0.22 * options.streaks) * streaks)[:, :, None]
    light = paper + (np.clip(light, 0, 1) - paper) * thin[:, :, None]
    grain = lit(tooth * np.float32(0.0012 * picture.shorter_side), (False, False), 0.5)
    light = light * (0.7 + 0.3 * grain)[:, :, None]
    alpha = None if picture.alpha is None else np.ones_like(picture.alpha)
    return picture.replace(color=np.clip(light, 0, 1), alpha=alpha)


def _brushed(
    picture: Picture, options: CoatingOptions, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Compute cover of the coat and its streaks, (H, W) each; strokes run across."""
    side = picture.shorter_side
    rows = ((np.arange(picture.height, dtype=np.float32) + 0.5) / side)[:, None]
    columns = ((np.arange(picture.width, dtype=np.float32) + 0.5) / side)[None, :]
    tall, wide = picture.height / side, picture.width / side
    lane = np.minimum((rows / tall * LANES).astype(int), LANES - 1)[:, 0]
    reach = rng.uniform(0.2, 1.5, (LANES, 2)).astype(np.float32)[lane] * options.margin
    # A bristle keeps its place all along a stroke.
    knots = max(2, round(260 * tall))
    hairs = rng.standard_normal((knots, 3)).astype(np.float32)
    place = np.linspace(0, knots - 1, picture.height)
    bristle = np.stack([np.interp(place, np.arange(knots), hair) for hair in hairs.T], axis=1)
    fray = (0.35 * options.margin * bristle[:, :2]).astype(np.float32)
    waver = soft_noise(picture, 0.1, 1.0, rng) * np.float32(0.3 * options.margin)
    left = columns - reach[:, :1] - fray[:, :1]
    right = wide - columns - reach[:, 1:] - fray[:, 1:]
    ends = np.minimum(rows, tall - rows) - options.margin
    inside = np.minimum(np.minimum(left, right), ends) + waver
    cover = step(-0.002, 0.006, inside.astype(np.float32))
    streaks = 0.6 * bristle[:, 2:].astype(np.float32) + soft_noise(picture, 0.25, 1.0, rng)
    return cover, np.clip(streaks, -2, 2).astype(np.float32)
