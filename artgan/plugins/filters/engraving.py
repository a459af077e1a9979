"""Etching: lines that follow the forms swell with the dark and stop where it is light.

Lines come from noise that is smoothed along the form and sharpened across it, over and over, until
only waves of one width are left: a line integral convolution (Cabral and Leedom 1993) with a
difference of Gaussians, as the patterns of Turing grow. Their phase is compared with the tone, so
the share of ink is that of the tone; a second set crosses the first where one is not dark enough.
A line needs some pixels, so a picture that is too small for the lines asked for gets fewer.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import Wraps
from artgan.plugins.filters._declared_materials import EngravingOptions
from artgan.plugins.filters._flow import FlowLines, form_lines
from artgan.plugins.filters._ink import lay_ink, tone
from artgan.plugins.filters._paint import blur
from artgan.plugins.filters._segments import at_size, work_size

PIXELS = 4.0
"""Distance of lines in pixels on the copy that they are grown on."""
ROUNDS = 2
FIRST = 0.55
"""Share of the darkness that the first set of lines prints."""
OPEN = 0.12
"""Darkness up to which no line is drawn."""


def apply(picture: Picture, options: EngravingOptions, context: FilterContext) -> Picture:
    """Draw the tone with lines; ``picture`` is linear."""
    dark = 1 - tone(picture)
    dark = np.clip((dark * np.float32(options.depth) - OPEN) / (0.92 - OPEN), 0, 1)
    height, width = work_size(picture, round(options.lines * PIXELS))
    small = at_size(dark[:, :, None], height, width)[:, :, 0]
    way = form_lines(blur(small, 0.5 * PIXELS), 1.5 * PIXELS, options.angle, (False, False))
    cell = picture.shorter_side / options.lines
    bare = np.ones(dark.shape, np.float32)
    for number, share in enumerate((dark / FIRST, (dark - FIRST) / (1 - FIRST))):
        lines = _grown(_turned(way, number * options.cross), context.rng)
        phase = at_size((0.5 + 0.5 * lines)[:, :, None], picture.height, picture.width)[:, :, 0]
        knots = np.quantile(phase[:: max(1, len(phase) // 256)], np.linspace(0, 1, 65))
        rank = np.interp(phase, knots, np.linspace(0, 1, 65)).astype(np.float32)
        bare *= 1 - _inked(np.clip(share, 0, 1) * np.float32(0.78), rank, cell)
    # A breath of plate tone stays on the copper.
    cover = 1 - bare * (1 - np.float32(0.05) * (0.4 + dark))
    return lay_ink(picture, np.clip(cover, 0, 1), options.ink, options.paper)


def _turned(way: FloatArray, degrees: float) -> FloatArray:
    turn = np.radians(degrees)
    down, across = way[:, :, 0], way[:, :, 1]
    sine, cosine = np.float32(np.sin(turn)), np.float32(np.cos(turn))
    return np.stack([down * cosine + across * sine, across * cosine - down * sine], axis=2)


def _grown(way: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Grow waves (h, w) in [-1, 1] whose crests run along the way."""
    none: Wraps = (False, False)
    near, far = (FlowLines(way, reach * PIXELS, none, keep=True) for reach in (2, 5))
    waves = rng.standard_normal(way.shape[:2]).astype(np.float32)
    for _ in range(ROUNDS):
        waves = blur(waves, 0.2 * PIXELS) - blur(waves, 0.36 * PIXELS)
        waves = far.smooth(near.smooth(waves))
        size = np.sqrt(blur(waves * waves, PIXELS)) + np.float32(1e-6)
        waves = np.clip(waves / (size * np.float32(1.35)), -1, 1)
    return waves


def _inked(share: FloatArray, rank: FloatArray, cell: float) -> FloatArray:
    """Compute cover where the rank lies below the share, with an edge of about a pixel."""
    soft = np.float32(min(0.5, 1.2 / max(cell, 1e-6)))
    inked: FloatArray = np.clip((share - rank) / soft + 0.5, 0, 1) * np.minimum(share * 12, 1)
    return inked
