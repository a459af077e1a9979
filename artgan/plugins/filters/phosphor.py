"""A colour picture tube seen from near: beams, masks, halation and curved glass.

A beam draws each line as a bell that is wider where it is brighter; three kinds of phosphor lie
behind a mask of stripes (aperture grille), slots or dots; light that scatters in the glass lies
around as a halo. Each part adds up to one, so the picture's mean light stays until the tube's own
brightness lifts it.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_materials import PhosphorOptions
from artgan.plugins.filters.crt import bulge

THINNEST, WIDEST = 0.22, 0.48
"""Sigma of a dark and of a bright beam, in distances of lines."""
COARSE = 3.0
"""Pixels that a triad needs to be drawn; below, the mask is not seen."""


def apply(picture: Picture, options: PhosphorOptions, context: FilterContext) -> Picture:
    """Show the picture on a tube; ``picture`` is linear."""
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        light = light * picture.alpha
    light = bulge(light, options.bulge)
    lines = min(options.lines, picture.height)
    drawn = _beams(light, lines, options.beam)
    drawn *= _mask(picture, options)
    drawn *= np.float32(options.brightness)
    halo = gaussian_blur(light, 0.03 * picture.shorter_side)
    near = gaussian_blur(light, 0.006 * picture.shorter_side)
    drawn += np.float32(options.halation) * (0.12 * halo + 0.22 * near)
    shown = drawn / (1 + np.maximum(drawn - np.float32(0.8), 0))
    alpha = None if picture.alpha is None else np.ones_like(picture.alpha)
    return picture.replace(color=np.clip(shown, 0, 1), alpha=alpha)


def _beams(light: FloatArray, lines: int, width: float) -> FloatArray:
    """Draw (H, W, 3) anew with ``lines`` bells, each a beam."""
    height = len(light)
    rows = (np.arange(lines + 1) * height) // lines
    sums = np.add.reduceat(light, rows[:-1], axis=0)
    signal = sums / np.diff(rows)[:, None, None].astype(np.float32)
    sigma = np.float32(THINNEST) + np.float32(width * (WIDEST - THINNEST)) * np.sqrt(signal)
    drawn = np.empty(light.shape, np.float32)

    def work(start: int, stop: int) -> None:
        place = (np.arange(start, stop, dtype=np.float32) + 0.5) * lines / height
        total = np.zeros((stop - start, *light.shape[1:]), np.float32)
        for beside in (-1, 0, 1):
            line = np.clip(np.floor(place).astype(int) + beside, 0, lines - 1)
            away = (place - np.floor(place) - 0.5 - beside)[:, None, None]
            spread = sigma[line]
            bell = np.exp(-0.5 * (away / spread) ** 2) / (spread * np.float32(2.507))
            total += signal[line] * bell
        drawn[start:stop] = total

    in_strips(work, height, 6 * light[0].size)
    return drawn


def _mask(picture: Picture, options: PhosphorOptions) -> FloatArray:
    """Compute the share of light (H, W, 3) that mask and phosphor let through, 1 on average."""
    pitch = options.pitch * picture.shorter_side
    seen = np.float32(np.clip((pitch - COARSE / 2) / (COARSE / 2), 0, 1) * options.darkness)
    across = ((np.arange(picture.width, dtype=np.float32) + 0.5) / max(pitch, 1e-3))[None, :]
    down = ((np.arange(picture.height, dtype=np.float32) + 0.5) / max(pitch, 1e-3))[:, None]
    across, down = np.broadcast_arrays(across, down)
    if options.screen == "dots":
        across = across + 0.5 * (np.floor(down / 0.866).astype(np.int64) % 2)
    stripes = [np.cos(2 * np.pi * (across - number / 3)) for number in range(3)]
    mask = 1 + seen * np.stack(stripes, axis=2).astype(np.float32)
    if options.screen != "stripes":
        tall = 0.866 if options.screen == "dots" else 1.6
        odd = 0.5 * (np.floor(across).astype(np.int64) % 2) if options.screen == "slots" else 0.0
        gaps = np.cos(2 * np.pi * (down / tall + odd))
        mask = mask * (1 - 0.55 * seen * gaps.astype(np.float32)[:, :, None])
    return mask
