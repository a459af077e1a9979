"""Coals: light parts glow through the cracks of a dark crust, and sparks rise from them.

The crust is Worley's cells at two sizes; heat leaves where two cells meet. Its colours are those of
a palette from dark to white hot, as those of a black body are.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import ramp, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import EmbersOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, lit, step
from artgan.plugins.filters._worley import cells

SPARKS = 260


def apply(picture: Picture, options: EmbersOptions, context: FilterContext) -> Picture:
    """Burn the picture; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    heat = tone(picture)
    if picture.alpha is not None:
        heat = heat * picture.alpha[:, :, 0]
    # A picture of dim colours burns too.
    heat = heat / max(float(np.quantile(heat[::4, ::4], 0.98)), 0.3)
    bent = np.stack([soft_noise(picture, 0.06, 1.0, rng) for _ in range(2)], axis=2)
    near, far, which = cells(picture, options.coal, rng, 0.35 * bent)
    fine, next_fine, _ = cells(picture, options.coal / 3, rng, 0.5 * bent)
    crack = np.exp(-(far - near) / 0.1) + 0.45 * np.exp(-(next_fine - fine) / 0.13)
    ash = rng.uniform(-1, 1, int(which.max()) + 1).astype(np.float32)[which]
    hot = step(0.02, 1.0, heat)
    glow = hot * (0.34 + 0.1 * ash + 0.85 * crack) + 0.05 * crack
    glow += 0.5 * np.maximum(hot - 0.62, 0)
    colors = palette_colors(context, options.colors, picture)
    light = srgb_to_linear(ramp(colors, np.clip(glow, 0, 1).astype(np.float32)))
    crust = lit(np.float32(0.02 * side) * (1 - near), (False, False), 0.9)
    light += (0.006 + 0.009 * (1 - hot))[:, :, None] * crust[:, :, None] * np.float32(0.6)
    light *= (1 - 0.25 * hot * (1 - crust))[:, :, None]
    sparks = _sparks(hot, picture, options, rng)[:, :, None] * srgb_to_linear(colors[-2])
    light += sparks + np.float32(0.5) * gaussian_blur(light + sparks, 0.02 * side)
    return picture.replace(color=np.clip(light / (1 + 0.25 * light), 0, 1))


def _sparks(
    hot: FloatArray, picture: Picture, options: EmbersOptions, rng: np.random.Generator
) -> FloatArray:
    """Draw sparks (H, W) above places that are hot."""
    height, width = hot.shape
    count = round(SPARKS * options.sparks)
    drawn = np.zeros(hot.shape, np.float32)
    places = rng.uniform(0, 1, (count, 2)) * (height, width)
    rise = rng.exponential(0.18, count) * picture.shorter_side
    size, bright = rng.uniform(0.2, 1, count), rng.uniform(0, 1, count)
    for place, up, length, strength in zip(places, rise, size, bright, strict=True):
        start = hot[int(place[0]), int(place[1])]
        steps = np.arange(max(2, int(0.012 * picture.shorter_side * length)))
        rows = (place[0] - up - steps).astype(int)
        bend = 0.006 * picture.shorter_side * np.sin(rows / (0.01 * picture.shorter_side))
        columns = (place[1] + bend).astype(int)
        inside = (rows >= 0) & (columns >= 0) & (columns < width)
        if start > strength + 0.15:
            drawn[rows[inside], columns[inside]] = start
    spread = 0.0012 * picture.shorter_side
    return blur(drawn, spread) * np.float32(3 * max(1.0, spread * 2.5))
