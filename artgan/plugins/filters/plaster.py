"""Plaster: the picture as a low relief, spread with a trowel and lit from the side."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_materials import PlasterOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, lit, step
from artgan.plugins.filters._worley import cells


def apply(picture: Picture, options: PlasterOptions, context: FilterContext) -> Picture:
    """Light the relief in the picture's own colours; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    plane = tone(picture)
    height = np.float32(0.035 * side * options.relief) * blur(plane, 0.006 * side)
    near, _, which = cells(picture, 0.13, rng)
    # Each stroke of the trowel leaves the plaster a little tilted.
    tilt = rng.uniform(-1, 1, int(which.max()) + 1).astype(np.float32)[which]
    rough = 0.5 * blur(near * tilt, 0.004 * side) + 0.25 * soft_noise(picture, 0.02, 1.0, rng)
    rough += 0.1 * soft_noise(picture, 0.004, 1.0, rng)
    pits = step(0.62, 0.8, soft_noise(picture, 0.008, 0.5, rng))
    height += np.float32(0.016 * side * options.rough) * rough
    height -= np.float32(0.003 * side * options.rough) * pits
    shade = lit(height, (False, False), 1.0)
    light = picture.color * np.maximum(shade, 0.12)[:, :, None]
    light += np.float32(0.05) * np.maximum(shade - 1.1, 0)[:, :, None]
    return picture.replace(color=np.clip(light, 0, 1))
