"""The light of a window with blinds: bright slats across the picture, deep shade around them."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters._declared_materials import BlindsOptions
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._paint import blur, step


def apply(picture: Picture, options: BlindsOptions, context: FilterContext) -> Picture:
    """Shade the picture; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    side, turn = picture.shorter_side, np.radians(options.angle)
    rows = ((np.arange(picture.height, dtype=np.float32) + 0.5) / side)[:, None]
    columns = ((np.arange(picture.width, dtype=np.float32) + 0.5) / side)[None, :]
    plane = blur(tone(picture), 0.02 * side)
    # Light bends over the forms it falls on.
    down = rows * np.float32(np.cos(turn)) - columns * np.float32(np.sin(turn))
    place = (down - 0.05 * plane) * np.float32(options.slats)
    wave = np.abs(place - np.floor(place) - 0.5) * 2
    soft = max(0.02, options.softness)
    slat = step(0.42 - soft / 2, 0.42 + soft / 2, 1 - wave)
    middle = picture.width / side * np.float32(0.5) + np.float32(0.25) * (rows - 0.5)
    window = 1 - step(0.32, 0.62, np.abs(columns - middle))
    light = np.float32(0.1) + slat * (np.float32(0.28) + np.float32(1.0) * window)
    kept = 1 + np.float32(options.strength) * (light - 1)
    return picture.replace(color=np.clip(picture.color * kept[:, :, None], 0, 1))
