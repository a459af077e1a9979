"""Neon: edges become glass tubes with bright cores, shapes a dim wash on a dark wall.

Edges are the gradient of smoothed OKLab lightness, divided by its 99.5 % quantile; a plain
difference of Gaussians with a fixed gain would fill whole figures instead of tracing them.
"""

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import lightness, linear_to_srgb, ramp, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur, gradient_size
from artgan.plugins.filters import NeonEdgesOptions


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
    smooth = gaussian_blur(tone[:, :, None], width, picture.wraps)[:, :, 0]
    edges = _edges(smooth, width, picture.wraps)
    glass = np.clip(edges * np.float32(options.gain), 0, 1)

    wall = ramp(colors[:-1], smooth * np.float32(options.fill))
    # Where along the tube colours a line stands follows from where it is in the picture.
    hue = _drift(picture)
    tube = srgb_to_linear(ramp(colors[-3:], hue))
    core = np.clip((glass - 0.55) / 0.45, 0, 1)[:, :, None] ** 2
    light = srgb_to_linear(wall) * (1 - 0.6 * glass[:, :, None])
    light = light + tube * (glass**1.5)[:, :, None]
    light = light + (1 - light) * core * np.float32(0.75)
    return picture.replace(color=linear_to_srgb(np.clip(light, 0, 1)))


def _edges(smooth: FloatArray, width: float, wraps: tuple[bool, bool]) -> FloatArray:
    """Give line strength (H, W) in [0, 1]; a picture without edges gives none."""
    slope = gradient_size(smooth, wraps)
    top = float(np.quantile(slope[:: max(1, len(slope) // 512)], 0.995))
    # Below a tenth of a full step over the smoothing width there is no edge worth a tube.
    floor = 0.1 * 0.4 / max(width, 0.5)
    lines: FloatArray = np.clip(slope / max(top, floor), 0, 1) ** 3
    return lines


def _drift(picture: Picture) -> FloatArray:
    """Give a slow change (H, W) in [0, 1] across the picture that wraps around."""
    rows = np.arange(picture.height, dtype=np.float32)[:, None] / picture.height
    columns = np.arange(picture.width, dtype=np.float32)[None, :] / picture.width
    turn = np.float32(2 * np.pi)
    wave = 0.5 + 0.5 * np.sin(turn * (rows + 0.15 * np.sin(turn * columns)))
    return wave.astype(np.float32)
