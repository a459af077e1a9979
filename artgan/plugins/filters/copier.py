"""A photocopy of a photocopy: hard toner that hollows out, dirt, streaks and a crooked sheet.

Early copiers developed edges better than areas (the fringe field of the charge on the drum), so
large blacks come out grey with black rims.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import CopierOptions
from artgan.plugins.filters._ink import lay_ink, tone
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import best_cut, blur, step
from artgan.plugins.filters._warp import fetch


def apply(picture: Picture, options: CopierOptions, context: FilterContext) -> Picture:
    """Copy the picture; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    dark = 1 - _crooked(tone(picture), options, rng)
    wide = blur(dark, 0.05 * side)
    cut = min(0.34, max(0.12, 0.85 * best_cut(dark)))
    dark = dark + 0.9 * (dark - blur(dark, 0.012 * side))
    dark *= 1 - np.float32(0.2 * options.hollow) * wide
    dust = soft_noise(picture, 0.0035, 1.0, rng)
    grit = soft_noise(picture, options.grain, 0.0, rng)
    grit /= max(float(grit.std()), 1e-6)
    level = np.float32(cut) + np.float32(0.07) * grit + np.float32(0.05) * dust
    toner = step(-0.05, 0.05, dark - level)
    toner *= 1 - np.float32(0.35 * options.hollow) * step(0.4, 1.0, wide) * step(-0.6, 0.5, dust)
    dirt = step(0.72, 0.8, dust) * np.float32(0.6 * options.dirt)
    cover = np.clip(np.maximum(toner, dirt) + _streaks(picture, options, rng), 0, 1)
    cover = np.maximum(cover, np.float32(options.dirt) * _gutter(picture, rng))
    return lay_ink(picture, cover, options.ink, options.paper)


def _crooked(plane: FloatArray, options: CopierOptions, rng: np.random.Generator) -> FloatArray:
    """Turn the sheet (H, W) a little; what lies beyond it is paper."""
    turn = np.float32(np.radians(options.skew * (1 if rng.random() < 0.5 else -1)))
    height, width = plane.shape
    y = (np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None]
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :]
    rows, columns = y + turn * x + height / 2, x - turn * y + width / 2
    turned = fetch(plane[:, :, None], rows, columns, (False, False))[:, :, 0]
    beyond = (rows < 0) | (rows >= height) | (columns < 0) | (columns >= width)
    return np.where(beyond, 1, turned).astype(np.float32)


def _streaks(picture: Picture, options: CopierOptions, rng: np.random.Generator) -> FloatArray:
    """Draw what a scratched drum leaves (1, W): thin lines from top to bottom, dark and light."""
    places = (np.arange(picture.width, dtype=np.float32) + 0.5) / picture.shorter_side
    drawn = np.zeros(picture.width, np.float32)
    for _ in range(9):
        middle = rng.uniform(0, picture.width / picture.shorter_side)
        thin, strength = rng.uniform(0.0006, 0.003), rng.uniform(-0.5, 0.3)
        drawn += strength * np.exp(-(((places - middle) / thin) ** 2))
    return np.float32(options.dirt) * drawn[None, :]


def _gutter(picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw the shadow (H, W) of the lid along two edges."""
    side = picture.shorter_side
    rough = 0.004 * soft_noise(picture, 0.02, 1.0, rng)
    rows = ((np.arange(picture.height, dtype=np.float32) + 0.5) / side)[:, None]
    columns = ((np.arange(picture.width, dtype=np.float32) + 0.5) / side)[None, :]
    tilt = rng.uniform(-0.012, 0.012)
    top = 1 - step(0.0, 0.014, rows + tilt * columns + rough)
    edge = 1 - step(0.002, 0.02, columns + tilt * rows + rough)
    shadow: FloatArray = np.maximum(np.float32(0.95) * top, np.float32(0.9) * edge)
    return shadow
