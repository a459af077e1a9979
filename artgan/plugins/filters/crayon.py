"""Lithograph: greasy crayon catches on the peaks of a grained stone; a second stone tints.

Strokes run along the forms and are broken by the tooth of the stone, whose peaks come in clumps.
They join in the dark, until tusche fills it, and edges are drawn as lines. The tint stone prints
all but the strongest lights, which are scraped out of it as printers did for "chiaroscuro"
lithographs.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import CrayonOptions
from artgan.plugins.filters._flow import FlowLines, form_lines
from artgan.plugins.filters._ink import lay_inks, tone
from artgan.plugins.filters._noise import soft_noise, tooth
from artgan.plugins.filters._paint import blur, step
from artgan.plugins.filters._segments import at_size, work_size
from artgan.plugins.filters.ink_edges import FINEST, contrast

STROKES = 360
"""Shorter side in pixels of the copy on which the strokes of the crayon are drawn."""
TOOTH, HAND = 0.58, 0.68
"""How much tooth and strokes decide where the crayon catches."""
STROKE, REACHES = 0.0048, (0.014, 0.039)
"""Width of strokes, and lengths along which they are smoothed, as shares of the shorter side."""
FLAT, LEAN = 1.44, -55.0
"""Change across the whole picture below which it has no form, and the way of strokes there."""
EDGE = 0.006
"""Width of edges that are drawn as lines, as a share of the shorter side."""


def apply(picture: Picture, options: CrayonOptions, context: FilterContext) -> Picture:
    """Print two stones; ``picture`` is linear."""
    rng = context.rng
    plane = tone(picture)
    dark = np.clip(1.06 * (1 - plane) - 0.08, 0, 1) ** np.float32(1.1)
    peaks = tooth(picture, options.grain, rng)
    hand = _strokes(dark, picture, rng)
    edges = contrast(plane, max(FINEST, EDGE * picture.shorter_side), (False, False))
    press = dark * np.float32(1.15) + 5 * np.maximum(-edges, 0)
    # Tusche fills the darkest parts.
    press += np.float32(0.35) * step(0.62, 0.85, dark)
    rank = 1 / (1 + np.exp(-1.702 * (TOOTH * peaks + HAND * hand)))
    soft = np.float32(0.3)
    crayon = np.clip((press - rank) / soft + 0.5, 0, 1)
    crayon *= np.minimum(press * 10, 1)
    scraped = step(0.8, 0.93, plane + 0.03 * soft_noise(picture, 0.02, 1.0, rng))
    stone = (1 - scraped) * (1 + 0.06 * soft_noise(picture, 0.2, 1.0, rng)) * options.tone
    cover = np.stack([np.clip(stone, 0, 1), crayon], axis=2).astype(np.float32)
    return lay_inks(picture, cover, (options.tint, options.ink), options.paper)


def _strokes(dark: FloatArray, picture: Picture, rng: np.random.Generator) -> FloatArray:
    """Draw the strokes (H, W) that the hand leaves along the forms, with a spread of 1."""
    height, width = work_size(picture, STROKES)
    side = min(height, width)
    small = at_size(dark[:, :, None], height, width)
    form = blur(small[:, :, 0], 0.008 * side)
    way = form_lines(form, 0.025 * side, LEAN, (False, False), weak=FLAT / side)
    noise = soft_noise(Picture(small), STROKE, 0.0, rng)
    for reach in REACHES:
        noise = FlowLines(way, reach * side, (False, False)).smooth(noise)
    noise -= blur(noise, 0.02 * side)
    noise /= max(float(noise.std()), 1e-6)
    hand = at_size(np.clip(0.5 + noise[:, :, None] / 8, 0, 1), picture.height, picture.width)
    return (hand[:, :, 0] - np.float32(0.5)) * 8
