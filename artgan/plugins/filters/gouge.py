"""Woodcut with a gouge: tapered cuts along the forms, solid blacks, cleared whites.

Cuts are waves that are grown along the forms, as the lines of ``engraving`` are, but few and broad.
The tone decides how wide they are; noise that is smoothed along them has each one begin and end in
a point. What is darkest is left standing and prints solid, what is light is cleared, and now and
then a ridge is left there. Texture is smoothed along the cuts, since a gouge cannot follow it.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gradient_size
from artgan.plugins.filters._declared_materials import GougeOptions
from artgan.plugins.filters._flow import FlowLines, form_lines, grown_waves
from artgan.plugins.filters._ink import lay_ink, tone
from artgan.plugins.filters._paint import blur
from artgan.plugins.filters._segments import at_size, work_size
from artgan.plugins.filters.ink_edges import FINEST, contrast

PIXELS, MOST = 5.0, 640.0
"""Distance of cuts in pixels on the copy that they are grown on, and its largest shorter side."""
REACHES = (2, 5, 11)
"""Reaches of smoothing along the cuts, in distances; each is fine enough for the next."""
ROUNDS, CREST = 3, 2.6
FLAT = 0.75
"""Change across the whole picture below which it has no form."""
SOLID, CLEAR = 0.86, 0.28
"""Share of what is no paper that lies below the solid black; where white ends, of that darkness."""

FLOWED = 0.9
"""How far texture is smoothed along the cuts at most."""
EDGE = 0.006
"""Width of edges that are carved for themselves, as a share of the shorter side."""
TEXTURE = 0.014
"""Mean contrast of edges at which they count as texture by half."""
RARE = 2.8
"""Spreads of noise beyond which a ridge is left."""
SLIM = 2.2
"""Spreads of noise from the point of a ridge to where it is as broad as cuts are apart."""
SPREADS = 4.0
"""Spreads of noise that are kept when it is enlarged."""


def apply(picture: Picture, options: GougeOptions, context: FilterContext) -> Picture:
    """Carve and print; ``picture`` is linear."""
    plane, side = tone(picture), picture.shorter_side
    pixels = max(3.0, min(PIXELS, MOST / options.lines))
    height, width = work_size(picture, round(options.lines * pixels))
    small = np.clip(at_size(plane[:, :, None], height, width)[:, :, 0], 0, 1)
    form, weak = blur(small, 0.6 * pixels), FLAT / min(height, width)
    way = form_lines(form, 1.6 * pixels, options.angle, (False, False), weak=weak)
    along = [FlowLines(way, reach * pixels, (False, False), keep=True) for reach in REACHES]
    waves, hand, ridge = context.rng.standard_normal((3, height, width)).astype(np.float32)
    grown = (
        _ranked(grown_waves(waves, along, pixels, ROUNDS, CREST)),
        _spread(blur(hand, 0.3 * pixels), along, 0.173 / pixels),
        _spread(blur(ridge, 0.5 * pixels), along[:2], 0.247 / pixels),
        along[0].smooth(along[0].smooth(small)),
    )
    drawn = at_size(np.stack(grown, axis=2), picture.height, picture.width)
    rank, hand, ridge, flowed = (np.ascontiguousarray(drawn[:, :, n]) for n in range(4))
    share = _share(plane, flowed, options.detail, side, _solid(small))
    middle = np.clip(1 - 1.2 * np.abs(share - np.float32(0.5)), 0, 1)
    share += np.float32(options.taper * 2 * SPREADS) * (hand - np.float32(0.5)) * middle
    if options.chatter > 0:
        far = (ridge - np.float32(0.5)) * np.float32(2 * SPREADS) - (RARE - options.chatter / 2)
        share = np.maximum(share, far / np.float32(SLIM))
    return lay_ink(picture, _crisp(share - rank), options.ink, options.paper)


def _share(
    plane: FloatArray, flowed: FloatArray, detail: float, side: int, solid: float
) -> FloatArray:
    """Compute the share of ink (H, W): 0 and less is cleared, 1 and more solid."""
    edges = contrast(plane, max(FINEST, EDGE * side / 2), (False, False))
    # Where edges lie close together they are texture.
    dense = blur(np.abs(edges), side / 20)
    dense /= dense + np.float32(TEXTURE)
    light = plane + np.float32(FLOWED) * dense * (flowed - plane)
    light += np.float32(detail) * (1 - dense) * edges
    share: FloatArray = (1 - CLEAR * solid - light) / np.float32((1 - CLEAR) * solid)
    return share


def _solid(small: FloatArray) -> float:
    """Find the darkness from which the block prints solid, by what is no paper.

    It goes in steps, so that it stays where it is in a film.
    """
    inked = 1 - small[small < 0.9]
    return round(float(np.clip(np.quantile(inked, SOLID), 0.3, 0.85)), 1) if inked.size else 0.8


def _crisp(height: FloatArray) -> FloatArray:
    """Compute cover (H, W) where a height is above 0, with an edge of one pixel."""
    steep = np.maximum(gradient_size(height), np.float32(1e-3))
    cover: FloatArray = np.clip(height / steep + 0.5, 0, 1)
    return cover


def _ranked(waves: FloatArray) -> FloatArray:
    """Compute the share of waves (H, W) that are lower; grown waves are always spread alike."""
    below: FloatArray = 1 / (1 + np.exp(-(np.float32(3.45) + 3.97 * waves * waves) * waves))
    return below


def _spread(noise: FloatArray, along: list[FlowLines], spread: float) -> FloatArray:
    """Smooth noise along the lines, which leaves a spread; return (H, W) in [0, 1]."""
    for lines in along:
        noise = lines.smooth(noise)
    drawn: FloatArray = np.clip(0.5 + noise / np.float32(2 * SPREADS * spread), 0, 1)
    return drawn
