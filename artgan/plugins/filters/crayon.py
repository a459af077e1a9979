"""Lithograph: greasy crayon catches on the peaks of a grained stone; a second stone tints.

The grain is fine noise of one size, so every tone is a scatter of crumbs that join in the dark. The
tint stone prints all but the strongest lights, which are scraped out of it as printers did for
"chiaroscuro" lithographs.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import CrayonOptions
from artgan.plugins.filters._flow import FlowLines, form_lines
from artgan.plugins.filters._ink import lay_inks, tone
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, step
from artgan.plugins.filters._segments import at_size, work_size

STROKES = 360
"""Shorter side in pixels of the copy on which the strokes of the crayon are drawn."""


def apply(picture: Picture, options: CrayonOptions, context: FilterContext) -> Picture:
    """Print two stones; ``picture`` is linear."""
    rng = context.rng
    plane = tone(picture)
    dark = np.clip(1.06 * (1 - plane) - 0.08, 0, 1) ** np.float32(1.1)
    grain = soft_noise(picture, options.grain, 0.0, rng)
    grain /= max(float(grain.std()), 1e-6)
    hand = _strokes(dark, picture, rng)
    rank = 1 / (1 + np.exp(-1.702 * (0.9 * grain + 0.42 * hand)))
    # The crayon is pressed harder in the dark, until tusche fills it.
    soft = np.float32(0.22)
    crayon = np.clip((dark * np.float32(1.12) - rank) / soft + 0.5, 0, 1)
    crayon *= np.minimum(dark * 10, 1)
    scraped = step(0.8, 0.93, plane + 0.03 * soft_noise(picture, 0.02, 1.0, rng))
    stone = (1 - scraped) * (1 + 0.06 * soft_noise(picture, 0.2, 1.0, rng)) * options.tone
    cover = np.stack([np.clip(stone, 0, 1), crayon], axis=2).astype(np.float32)
    return lay_inks(picture, cover, (options.tint, options.ink), options.paper)


def _strokes(dark: FloatArray, picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw the lines (H, W) that the hand leaves along the forms, with a spread of 1."""
    height, width = work_size(picture, STROKES)
    small = at_size(dark[:, :, None], height, width)[:, :, 0]
    way = form_lines(blur(small, 2.0), 6.0, 55.0, (False, False))
    noise = rng.standard_normal((height, width)).astype(np.float32)
    lines = FlowLines(way, 9.0, (False, False), keep=True)
    noise = lines.smooth(lines.smooth(noise))
    noise -= blur(noise, 5.0)
    noise /= max(float(noise.std()), 1e-6)
    hand = at_size(np.clip(0.5 + noise[:, :, None] / 8, 0, 1), picture.height, picture.width)
    return (hand[:, :, 0] - np.float32(0.5)) * 8
