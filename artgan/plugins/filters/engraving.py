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
from artgan.plugins.filters._declared_materials import EngravingOptions
from artgan.plugins.filters._flow import FlowLines, form_lines, grown_waves
from artgan.plugins.filters._ink import lay_ink, tone
from artgan.plugins.filters._paint import blur
from artgan.plugins.filters._segments import at_size, work_size

PIXELS = 4.0
"""Distance of lines in pixels on the copy that they are grown on."""
ROUNDS = 2
CREST = 1.35
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
        turned = _turned(way, number * options.cross)
        along = [FlowLines(turned, n * PIXELS, (False, False), keep=True) for n in (2, 5)]
        noise = context.rng.standard_normal((height, width)).astype(np.float32)
        lines = grown_waves(noise, along, PIXELS, ROUNDS, CREST)
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


def _inked(share: FloatArray, rank: FloatArray, cell: float) -> FloatArray:
    """Compute cover where the rank lies below the share, with an edge of about a pixel."""
    soft = np.float32(min(0.5, 1.2 / max(cell, 1e-6)))
    inked: FloatArray = np.clip((share - rank) / soft + 0.5, 0, 1) * np.minimum(share * 12, 1)
    return inked
