"""Neon: edges become glass tubes with bright cores, shapes a dim wash on a dark wall.

Edges are where smoothed OKLab lightness crosses the mean of its surroundings (the zero crossings
of Marr and Hildreth 1980, "Theory of edge detection"), as bright as the slope there; a difference
of Gaussians with a fixed gain would fill whole figures instead of tracing them.
"""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import lightness, linear_to_srgb, ramp, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur, gradient_size
from artgan.plugins.filters import NeonEdgesOptions

AROUND = 4.0
"""Reach of a line's surroundings in widths."""


def apply(picture: Picture, options: NeonEdgesOptions, context: FilterContext) -> Picture:
    """Give tubes on a wall; ``picture`` is sRGB."""
    if context.palette is None:
        raise StyleError("palettes can only be looked up inside a chain")
    colors = context.palette(options.palette, picture)
    if len(colors) < 3:
        raise StyleError(f"palette needs at least three colours, this one has {len(colors)}")
    tone = lightness(picture.color)
    if picture.alpha is not None:
        tone = tone * picture.alpha[:, :, 0]
    width = options.width * picture.shorter_side
    smooth = gaussian_blur(tone[:, :, None], 1.4 * width, picture.wraps)[:, :, 0]
    edges = _edges(smooth, width, picture.wraps)
    glass = np.clip(edges * np.float32(options.gain), 0, 1)

    wall = ramp(colors[:-1], smooth * np.float32(options.fill))
    # Where along the tube colours a line stands follows from where it is in the picture.
    hue = _drift(picture)
    tube = srgb_to_linear(ramp(colors[-3:], hue))
    core = np.clip((glass - 0.55) / 0.45, 0, 1)[:, :, None] ** 2
    light = srgb_to_linear(wall) * (1 - 0.6 * glass[:, :, None])
    light = light + tube * (glass**1.5)[:, :, None]
    light = light + (1 - light) * core * np.float32(0.6)
    return picture.replace(color=linear_to_srgb(np.clip(light, 0, 1)))


def _edges(smooth: FloatArray, width: float, wraps: tuple[bool, bool]) -> FloatArray:
    """Give line strength (H, W) in [0, 1]; a picture without edges gives none.

    A line runs where the tone crosses the mean of its surroundings, so that it is as smooth and as
    wide everywhere, whatever pixels the picture was enlarged from.
    """
    around = gaussian_blur(smooth[:, :, None], AROUND * width, wraps)[:, :, 0]
    slope = gradient_size(smooth, wraps)
    top = float(np.quantile(slope[:: max(1, len(slope) // 512)], 0.995))
    # Below a tenth of a full step over the smoothing width there is no edge worth a tube.
    top = max(top, 0.1 * 0.4 / max(width, 0.5))
    difference = smooth - around
    distance = np.abs(difference) / (gradient_size(difference, wraps) + 1e-3 * top)
    strength = np.clip(slope / (0.4 * top), 0, 1)
    lines: FloatArray = np.exp(-((distance / (0.8 * width)) ** 2)) * strength**2
    return lines


def _drift(picture: Picture) -> FloatArray:
    """Give a slow change (H, W) in [0, 1] across the picture that wraps around."""
    rows = np.arange(picture.height, dtype=np.float32)[:, None] / picture.height
    columns = np.arange(picture.width, dtype=np.float32)[None, :] / picture.width
    turn = np.float32(2 * np.pi)
    wave = 0.5 + 0.5 * np.sin(turn * (rows + 0.15 * np.sin(turn * columns)))
    return wave.astype(np.float32)
