"""Under water: light is bent and bundled by waves, and what is dark lies deep.

A wavy surface moves what lies below by its slope, and draws the net of caustics where rays cross;
the net is taken from the borders of Worley's cells, stretched by the waves. Water swallows red
first (Beer and Lambert: each colour falls off with depth at a rate of its own).
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_materials import WaterOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import slopes
from artgan.plugins.filters._warp import fetch, premultiplied
from artgan.plugins.filters._worley import cells

TAKEN = np.array([2.6, 0.55, 0.3], np.float32)
"""How fast red, green and blue fall off with depth."""


def apply(picture: Picture, options: WaterOptions, context: FilterContext) -> Picture:
    """Sink the picture; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    waves = soft_noise(picture, options.waves, 0.6, rng)
    down, across = slopes(waves, (False, False))
    reach = np.float32(options.bend * 0.25 * side) * np.float32(options.waves * side)
    rows = down * reach + (np.arange(picture.height, dtype=np.float32) + 0.5)[:, None]
    columns = across * reach + (np.arange(picture.width, dtype=np.float32) + 0.5)[None, :]
    seen = fetch(premultiplied(picture), rows, columns, (False, False))
    alpha = seen[:, :, -1:] if picture.has_alpha else None
    weight = np.float32(1) if alpha is None else np.maximum(alpha, np.float32(1e-6))
    color = seen[:, :, : picture.color.shape[2]] / weight
    light = to_rgb(np.clip(color, 0, 1).astype(np.float32))
    depth = 1 - tone(picture.replace(pixels=light))[:, :, None]
    bent = np.stack([waves, waves[::-1, ::-1]], axis=2).astype(np.float32)
    near, far, _ = cells(picture, 1.15 * options.waves, rng, bent)
    fine, next_fine, _ = cells(picture, 0.6 * options.waves, rng, bent)
    net = np.exp(-(far - near) / 0.09) + 0.4 * np.exp(-(next_fine - fine) / 0.12)
    through = np.exp(-TAKEN * (0.15 + options.depth * depth))
    ground = srgb_to_linear(flat_color(options.color)) * depth * np.float32(0.55)
    shown = light * through + ground
    shown *= 1 + np.float32(options.caustics) * (0.9 * net - 0.25)[:, :, None]
    shown += np.float32(0.06 * options.caustics) * (net * net)[:, :, None] * TAKEN[::-1] / 2
    return picture.replace(color=np.clip(shown, 0, 1), alpha=alpha)
