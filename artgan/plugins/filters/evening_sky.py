"""Silhouettes before an evening sky: a low sun, bands of cloud, and what is dark in front of it."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import ramp, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import EveningSkyOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import best_cut, blur, rim_values, slopes, step


def apply(picture: Picture, options: EveningSkyOptions, context: FilterContext) -> Picture:
    """Put the figure before the sky; ``picture`` is linear."""
    side = picture.shorter_side
    colors = palette_colors(context, options.colors, picture)
    plane = tone(picture)
    figure = _figure(plane, picture)
    sky, sun = _sky(picture, options, colors, context.rng)
    # What is light stays to be seen as a change of the sky.
    detail = (plane + 0.15) / (blur(plane, 0.05 * side) + 0.15)
    light = (sky + sun) * np.clip(detail, 0.25, 1.15)[:, :, None]
    dark = srgb_to_linear(ramp(colors[:2], 0.15 + 0.6 * plane))
    # The low sun lights the rims that are turned to it.
    down, across = slopes(blur(figure, 0.004 * side), (False, False))
    rim = np.clip((across * 0.6 - down) * 0.006 * side * 2.2, 0, 1) * figure
    shine = gaussian_blur(light, 0.05 * side)
    near = dark + rim[:, :, None] * shine * 1.2 + 0.05 * shine
    light = light + (near - light) * figure[:, :, None]
    # The sun is behind: only its rim of light spills over the figure.
    spill = np.float32(0.35) * gaussian_blur(sun, 0.05 * side)
    light += spill * (1 - np.float32(0.8) * blur(figure, 0.006 * side))[:, :, None]
    alpha = None if picture.alpha is None else np.ones_like(picture.alpha)
    return picture.replace(color=np.clip(light, 0, 1), alpha=alpha)


def _figure(plane: FloatArray, picture: Picture) -> FloatArray:
    """Find what is in front (H, W): the solid parts, else the side of the tones unlike the rim."""
    if picture.alpha is not None and float(picture.alpha.min()) < 0.5:
        return picture.alpha[:, :, 0]
    smooth = blur(plane, 0.004 * picture.shorter_side)
    cut = best_cut(smooth)
    dark = 1 - step(cut - 0.06, cut + 0.06, smooth)
    rim = rim_values(plane)
    low, high = np.quantile(rim, (0.1, 0.75))
    # A light figure on a plain dark ground stands in front of it.
    return 1 - dark if np.median(rim) < min(cut, 0.35) and high - low < 0.15 else dark


def _sky(
    picture: Picture, options: EveningSkyOptions, colors: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Paint sky and sun, light (H, W, 3) each."""
    side = picture.shorter_side
    rows = ((np.arange(picture.height, dtype=np.float32) + 0.5) / picture.height)[:, None]
    columns = ((np.arange(picture.width, dtype=np.float32) + 0.5) / side)[None, :]
    middle = options.across * picture.width / side, options.down * picture.height / side
    away = np.sqrt((columns - middle[0]) ** 2 + (rows * picture.height / side - middle[1]) ** 2)
    flat = soft_noise(picture, 0.5, 0.0, rng)
    place = 0.1 + 0.95 * rows + 0.25 * np.exp(-(away**2) / 0.08) + 0.05 * flat
    clouds = step(0.15, 0.6, _bands(picture, rng) + 0.3 * flat)
    place = place - np.float32(0.16 * options.clouds) * clouds * step(0.02, 0.3, 1 - rows)
    sky = srgb_to_linear(ramp(colors[1:], np.clip(place, 0, 1).astype(np.float32)))
    radius = np.float32(options.sun)
    disc = 1 - step(-1.5 / side, 1.5 / side, away - radius) if options.sun > 0 else 0 * away
    disc = disc * (1 - 0.5 * clouds * options.clouds)
    sun = (disc[:, :, None] * (srgb_to_linear(colors[-1]) * 1.15 - sky * 0.6)).astype(np.float32)
    return sky, np.maximum(sun, 0)


def _bands(picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw clouds (H, W) drawn out across the sky."""
    thin = Picture(
        np.zeros((picture.height, max(2, picture.width // 6), 1), np.float32), space="linear"
    )
    size = 0.05 * picture.shorter_side / max(1, thin.shorter_side)
    bands = soft_noise(thin, min(size, 0.4), 1.0, rng)
    place = np.linspace(0, thin.width - 1, picture.width)
    low = np.minimum(place.astype(int), thin.width - 2)
    share = (place - low).astype(np.float32)
    drawn: FloatArray = bands[:, low] * (1 - share) + bands[:, low + 1] * share
    return drawn
