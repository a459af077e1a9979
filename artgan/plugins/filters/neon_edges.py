"""Neon: edges become glass tubes with white-hot cores; shapes are a dim glow on a dark wall.

Edges are where smoothed OKLab lightness crosses the mean of its surroundings (the zero crossings
of Marr and Hildreth 1980, "Theory of edge detection"). A difference of Gaussians with a fixed gain
would fill whole figures instead of tracing them. The distance of a pixel from the crossing is the
difference divided by its slope; the cross-section of a tube is drawn over that distance, so tubes
are equally wide and bright everywhere. The result is smooth, so for a large picture it is computed
on a smaller copy and enlarged.
"""

import math
from collections.abc import Callable

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import light_lightness, lightness, ramp, srgb_to_linear
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import double, gaussian_blur, gradient_size, halve
from artgan.plugins.filters import NeonEdgesOptions
from artgan.plugins.filters._inner import palette_colors

BEND = 1.6
"""Smoothing of the shapes, in widths of a tube: glass does not bend more sharply."""
STAIRS = 1.1
"""Smoothing in sizes of the finest detail, which hides the pixels of an enlarged picture."""
SMOOTHEST = 0.05
"""Most smoothing, as a share of the shorter side."""
AROUND = 2.0
"""Sigma of the surroundings' mean, in multiples of the smoothing."""
FINE = 10.0
"""Least width of a tube in pixels on a smaller copy."""
STEP = 0.4
"""Slope of a smoothed step from black to white, times the smoothing in pixels."""
REACH, SHINE = 3.0, 0.35
"""Sigma of a tube's light on the wall, in widths, and its strength."""

Select = Callable[[FloatArray, float, float, tuple[FloatArray, FloatArray]], FloatArray]
"""Takes the smoothed tone (H, W), its smoothing, the width of tubes, and distance and strength of
the edges, (H, W) each; returns the strength with which they are drawn."""


def apply(
    picture: Picture,
    options: NeonEdgesOptions,
    context: FilterContext,
    select: Select | None = None,
) -> Picture:
    """Draw tubes on a wall, in linear light, along the edges that ``select`` leaves."""
    colors = palette_colors(context, options.colors, picture)
    tone = _tone(picture)[:, :, None]
    width = options.width * picture.shorter_side
    sizes = []
    while width >= 2 * FINE:
        sizes.append(tone.shape[:2])
        tone = halve(tone, picture.wraps)
        width /= 2
    bend = max(BEND * width, min(STAIRS * _detail(tone), SMOOTHEST * min(tone.shape[:2])))
    smooth = gaussian_blur(tone, bend, picture.wraps)[:, :, 0]
    away, strength = edges(smooth, bend, options, picture.wraps)
    if select is not None:
        strength = select(smooth, bend, width, (away, strength))
    radius = np.float32(width / 2) * np.sqrt(strength)
    gas, core, glass = _tubes(away, radius, colors)
    shine = gaussian_blur(gas * glass, REACH * width, picture.wraps)
    light = _wall(smooth, shine, colors, options.fill)
    light += (gas + (1 - gas) * core - light) * glass
    np.clip(light, 0, 1, out=light)
    for size in reversed(sizes):
        light = double(light, size[0], size[1], picture.wraps)
    return picture.replace(color=light, space="linear")


def _tone(picture: Picture) -> FloatArray:
    """Compute the lightness (H, W); clear parts are dark."""
    measure = lightness if picture.space == "srgb" else light_lightness
    tone = measure(picture.color)
    return tone if picture.alpha is None else tone * picture.alpha[:, :, 0]


def _detail(tone: FloatArray) -> float:
    """Estimate the size in pixels of the finest detail of (H, W, 1): slope over change of slope."""
    plane = tone[:, :, 0]
    if min(plane.shape) < 3:
        return 0.0
    down, across = np.diff(plane, axis=0), np.diff(plane, axis=1)
    slope = float((down**2).mean() + (across**2).mean())
    bend = float((np.diff(down, axis=0) ** 2).mean() + (np.diff(across, axis=1) ** 2).mean())
    return math.sqrt(slope / bend) if bend > 0 else 0.0


def edges(
    smooth: FloatArray, bend: float, options: NeonEdgesOptions, wraps: tuple[bool, bool]
) -> tuple[FloatArray, FloatArray]:
    """Compute distance (H, W) to the nearest edge in pixels and its strength (H, W) in [0, 1]."""
    around = gaussian_blur(smooth[:, :, None], AROUND * bend, wraps)[:, :, 0]
    slope = gradient_size(smooth, wraps)
    full = STEP / max(bend, 0.5)
    top = full
    if options.normalize == "picture":
        top = float(np.quantile(slope[:: max(1, len(slope) // 512)], 0.995))
        # Edges weaker than a tenth of a full step get no tube.
        top = max(top, 0.1 * full)
    difference = smooth - around
    away = np.abs(difference) / (gradient_size(difference, wraps) + np.float32(1e-3 * top))
    share = np.clip(slope * np.float32(options.gain / (0.45 * top)) - np.float32(0.4), 0, 1)
    strength: FloatArray = share * share * (3 - 2 * share)
    return away, strength


def _tubes(
    away: FloatArray, radius: FloatArray, colors: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw tubes: coloured gas (H, W, 3), white-hot core and cover of the glass (H, W, 1)."""
    # The rim is soft over a pixel and a half; a tube of radius 0 is not drawn.
    glass = np.clip((radius - away) / 1.5 + 0.5, 0, 1) * np.clip(radius, 0, 1)
    # The gas is brightest where the tube is deepest.
    depth = np.clip(1 - (away / np.maximum(radius, 1e-3)) ** 2, 0, 1)[:, :, None]
    gas = srgb_to_linear(ramp(colors[max(1, len(colors) - 3) :], _drift(*away.shape)))
    gas *= 0.55 + 0.45 * depth
    core = (np.clip((depth - 0.6) / 0.4, 0, 1) ** 1.5 * 0.9).astype(np.float32)
    return gas, core, glass[:, :, None]


def _wall(smooth: FloatArray, shine: FloatArray, colors: FloatArray, fill: float) -> FloatArray:
    """Compute the light (H, W, 3) of wall and shapes, lit by the tubes."""
    shapes = srgb_to_linear(ramp(colors[:-1], smooth * np.float32(fill)))
    dark = srgb_to_linear(colors[0])
    strongest = np.maximum(np.maximum(shine[:, :, 0], shine[:, :, 1]), shine[:, :, 2])
    lit = np.clip(3 * strongest[:, :, None], 0, 1)
    wall: FloatArray = dark + (shapes - dark) * (0.12 + 1.2 * lit) + SHINE * shine
    return wall


def _drift(height: int, width: int) -> FloatArray:
    """Compute a slow wave (H, W) in [0, 1] across the picture that wraps around."""
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    columns = np.arange(width, dtype=np.float32)[None, :] / width
    turn = np.float32(2 * np.pi)
    wave = 0.5 + 0.5 * np.sin(turn * (rows + 0.15 * np.sin(turn * columns)))
    return wave.astype(np.float32)
