"""An old print: it has faded at the edges, foxed, cracked along a fold, and gathered scratches."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import AgedOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, step
from artgan.plugins.filters._worley import cells

FOX = np.array([0.42, 0.2, 0.07], np.float32)


def apply(picture: Picture, options: AgedOptions, context: FilterContext) -> Picture:
    """Age the picture; ``picture`` is linear."""
    light, paper = to_rgb(picture.color), srgb_to_linear(flat_color(options.paper))
    rng, years = context.rng, np.float32(options.years)
    rows = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, picture.width, dtype=np.float32)[None, :]
    patches = soft_noise(picture, 0.3, 1.0, rng)
    rim = np.maximum(np.abs(rows), np.abs(columns)) + 0.12 * patches
    # Silver leaves from the edges inwards, and the deepest shadows fade first.
    faded = years * (0.18 + 0.55 * step(0.55, 1.05, rim))
    light = light + (paper * (0.35 + 0.65 * light) - light) * np.clip(faded, 0, 1)[:, :, None]
    spots = _foxing(picture, rng) * years
    light = light * (1 - spots[:, :, None] * (1 - FOX))
    bare = np.clip(years * (_scratches(picture, rng) + _fold(picture, rng)), 0, 1)
    light = light + (paper - light) * bare[:, :, None]
    return picture.replace(color=np.clip(light, 0, 1))


def _foxing(picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw brown spots (H, W) where it was damp."""
    near, _, which = cells(picture, 0.045, rng)
    sizes = rng.uniform(0, 1, int(which.max()) + 1).astype(np.float32)[which] ** 4
    damp = step(-0.1, 0.8, soft_noise(picture, 0.35, 0.5, rng))
    spot: FloatArray = step(0.0, 0.6, 0.55 * sizes - near + 0.1) * damp
    return 0.8 * spot


def _scratches(picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw fine scratches and flecks (H, W) down to the paper."""
    side = picture.shorter_side
    drawn = np.zeros((picture.height, picture.width), np.float32)
    for _ in range(26):
        start = rng.uniform(0, 1, 2) * drawn.shape
        angle, length = rng.normal(np.pi / 2, 0.5), side * (0.02 + 0.25 * rng.random() ** 3)
        along = np.arange(0, max(2.0, length), 0.5)
        bend = 0.004 * side * np.sin(along / (0.1 * side) + rng.uniform(0, 6))
        rows = (start[0] + along * np.sin(angle)).astype(int)
        columns = (start[1] + along * np.cos(angle) + bend).astype(int)
        inside = (rows >= 0) & (rows < len(drawn)) & (columns >= 0) & (columns < drawn.shape[1])
        drawn[rows[inside], columns[inside]] = rng.uniform(0.3, 1)
    flecks = step(0.86, 0.95, soft_noise(picture, 0.006, 0.0, rng) * 0.8)
    width = 0.0007 * side
    return blur(drawn, width) * np.float32(min(1, max(0.4, 2.2 * width))) + 0.8 * flecks


def _fold(picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw a cracked fold (H, W) across one corner."""
    side = picture.shorter_side
    rows = (np.arange(picture.height, dtype=np.float32) / side)[:, None]
    columns = (np.arange(picture.width, dtype=np.float32) / side)[None, :]
    left, low = rng.uniform(0, 1) < 0.5, rng.uniform(0.12, 0.3)
    across = columns if left else picture.width / side - columns
    down = picture.height / side - rows
    noise = soft_noise(picture, 0.02, 1.0, rng)
    away = np.abs(across + 0.8 * down - low) + np.float32(0.003) * noise
    crack: FloatArray = (1 - step(0.0005, 0.004, away)) * step(-0.5, 0.3, noise)
    return crack * np.float32(0.9)
