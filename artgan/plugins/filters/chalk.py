"""Soft pastel, in layers: masses with the side of the stick, strokes along the forms, accents.

Pastel painters work from broad to fine, and rub in little: paper shows between. Broad masses lie in
one direction and are blurred, strokes follow the forms and lie only where the masses miss what the
picture shows, and edges get a few strong darks and lights at the end. All is broken by the tooth of
the paper (as in ``crayon``), least where it is pressed hard. Even parts close to the paper's colour
are left to the paper.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import fit_gamut, linear_to_oklab, oklab_to_linear, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import ChalkOptions
from artgan.plugins.filters._flow import FlowLines, form_lines
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import light_on_paper
from artgan.plugins.filters._noise import soft_noise, tooth
from artgan.plugins.filters._paint import blur, step
from artgan.plugins.filters._segments import at_size, work_size
from artgan.plugins.filters.ink_edges import FINEST, contrast

STROKES = 360
"""Shorter side in pixels of the copy on which strokes are drawn."""
REACHES = (2.5, 7.0)
"""Lengths along which strokes are smoothed, in widths."""
FLAT = 1.44
"""Change across the whole picture below which it has no form."""
DEEP = 0.13
"""Lightness of the deepest chalk of the box."""
EDGE = 0.008
"""Width of accents, as a share of the shorter side."""


def apply(picture: Picture, options: ChalkOptions, context: FilterContext) -> Picture:
    """Draw with chalk; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    light = light_on_paper(picture)
    lab = _chalks(linear_to_oklab(light), options.vivid)
    paper = linear_to_oklab(srgb_to_linear(flat_color(options.paper))[None, None])[0, 0]
    masses = gaussian_blur(lab, 0.2 * options.stick * side)
    forms = gaussian_blur(lab, 0.06 * options.stick * side)
    grain = tooth(picture, options.grain, rng)
    broad = _hand(masses[:, :, 0], picture, options, 1.0, rng)
    fine = _hand(forms[:, :, 0], picture, options, 0.35, rng)

    away = np.sqrt(((masses - paper) ** 2).sum(axis=2))
    press = 0.25 + 0.75 * step(0.02, 0.3, away) + 0.25 * step(0.5, 0.2, masses[:, :, 0])
    masses[:, :, 0] += np.float32(0.03) * broad
    drawn = _rubbed(paper, masses, press - 0.1 + 0.12 * broad, grain)

    missed = np.sqrt(((forms - masses) ** 2).sum(axis=2))
    forms[:, :, 0] += np.float32(0.045) * fine
    drawn = _rubbed(drawn, forms, 9 * missed + 0.2 * fine - 0.1, grain)

    edges = contrast(lab[:, :, 0], max(FINEST, EDGE / 2 * side), (False, False))
    dark, bright = lab.copy(), lab.copy()
    dark[:, :, 0] = DEEP + 0.35 * (lab[:, :, 0] - DEEP)
    bright[:, :, 0] = np.minimum(1, lab[:, :, 0] + 0.12)
    bright[:, :, 1:] *= np.float32(1.2)
    pressed = np.float32(options.accents) * (edges + np.float32(0.25) * np.abs(edges) * fine)
    drawn = _rubbed(drawn, dark, -20 * pressed - 0.15, grain)
    drawn = _rubbed(drawn, bright, 16 * pressed - 0.25, grain)
    colors = np.clip(oklab_to_linear(fit_gamut(drawn)), 0, 1)
    return picture.replace(
        color=colors, alpha=None if picture.alpha is None else np.ones_like(picture.alpha)
    )


def _chalks(lab: FloatArray, vivid: float) -> FloatArray:
    """Choose chalks (H, W, 3) for colours: vivid ones, with indigo in place of black."""
    lab[:, :, 1:] *= np.float32(1 + vivid)
    deep = np.float32(0.05) * (1 - step(0.0, 0.5, lab[:, :, 0]))
    lab[:, :, 0] = DEEP + (1 - DEEP) * lab[:, :, 0]
    lab[:, :, 2] -= deep
    lab[:, :, 1] += deep * np.float32(0.2)
    return lab


def _hand(
    plane: FloatArray,
    picture: Picture,
    options: ChalkOptions,
    share: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw the strokes (H, W) that the hand leaves along the forms, with a spread of 1."""
    height, width = work_size(picture, STROKES)
    side = min(height, width)
    wide = options.stick * share
    small = at_size(plane[:, :, None], height, width)
    form = blur(small[:, :, 0], 0.3 * wide * side)
    way = form_lines(form, 1.2 * wide * side, options.angle, (False, False), weak=FLAT / side)
    noise = soft_noise(Picture(small), max(wide * 0.5, 1.5 / side), 0.0, rng)
    for reach in REACHES:
        noise = FlowLines(way, reach * wide * side, (False, False)).smooth(noise)
    noise -= blur(noise, 2 * wide * side)
    noise /= np.float32(max(float(noise.std()), 1e-6))
    hand = at_size(np.clip(0.5 + noise[:, :, None] / 8, 0, 1), picture.height, picture.width)
    return (hand[:, :, 0] - np.float32(0.5)) * 8


def _rubbed(
    under: FloatArray, chalk: FloatArray, press: FloatArray, grain: FloatArray
) -> FloatArray:
    """Lay chalk (H, W, 3) where pressure reaches into the tooth: 0 none, 1 all of the paper."""
    rank = 1 / (1 + np.exp(-1.702 * grain))
    cover = np.clip((press - rank) / np.float32(0.35) + np.minimum(press, np.float32(0.5)), 0, 1)
    rubbed: FloatArray = (under + (chalk - under) * cover[:, :, None]).astype(np.float32)
    return rubbed
