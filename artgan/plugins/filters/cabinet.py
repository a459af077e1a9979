"""The set around a tube: glass with round corners and a window in it, light on the bevel.

The glass is never quite black, mirrors a window with a cross, and its light falls on the slanted
plastic around it, which grows darker away from the glass.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import CabinetOptions
from artgan.plugins.filters._frame import canvas, flat_color, thickness
from artgan.plugins.filters._paint import blur, step

LOWER = 1.35
"""How many times wider the plastic is below."""
ROUND = 14.0
"""Exponent of the superellipse that is the rim of the glass; 2 is an ellipse."""
BEVEL = 0.62
"""Share of the plastic that slants towards the glass."""
SOFT = 0.012
"""Half the width of a pane's edge, as a share of half the picture."""
GREY = (0.011, 0.0135, 0.0125)
"""Linear light of glass in a room, without a picture."""


def apply(picture: Picture, options: CabinetOptions, context: FilterContext) -> Picture:
    """Set the picture, in linear light, behind glass in a cabinet."""
    wide = thickness(picture, options.width)
    low = round(LOWER * wide)
    framed = canvas(picture, (wide, wide, wide, low), np.zeros(3, np.float32))
    light = to_rgb(framed.color)
    if framed.alpha is not None:
        light = light * framed.alpha
    down, across = _places(picture, wide, low)
    # Pixels beyond the rim of the glass; a superellipse with the picture's sides.
    away = (np.abs(down) ** ROUND + np.abs(across) ** ROUND) ** np.float32(1 / ROUND) - 1
    beyond = (away * (picture.shorter_side / 2)).astype(np.float32)
    depth: FloatArray = beyond * np.float32(1 / max(wide, 1))
    glass = np.clip(np.float32(0.5) - beyond, 0, 1)[:, :, None]
    room = np.array(GREY, np.float32) + _window(down, across, picture)
    shown = (light + np.float32(options.glass) * room) * glass
    set_ = _plastic(depth, down, across, options)
    lit = gaussian_blur(np.ascontiguousarray(light * glass), 0.35 * wide)
    set_ += lit * _sheen(depth)[:, :, None]
    shown += set_ * (1 - glass)
    alpha = None if framed.alpha is None else np.ones_like(framed.alpha)
    return framed.replace(color=np.clip(shown, 0, 1), alpha=alpha, indexed=None)


def _places(picture: Picture, wide: int, low: int) -> tuple[FloatArray, FloatArray]:
    """Compute places down (H, 1) and across (1, W): -1 to 1 are the sides of the picture."""
    tall, broad = picture.height / 2, picture.width / 2
    down = (np.arange(picture.height + wide + low) + 0.5 - wide - tall) / tall
    across = (np.arange(picture.width + 2 * wide) + 0.5 - wide - broad) / broad
    return down.astype(np.float32)[:, None], across.astype(np.float32)[None, :]


def _window(down: FloatArray, across: FloatArray, picture: Picture) -> FloatArray:
    """Draw the window (H, W, 1) that the glass mirrors, bent as the glass is."""
    y = down + np.float32(0.10) * across * across + np.float32(0.06) * across
    x = across + np.float32(0.07) * down * down + np.float32(0.05) * down
    pane = np.ones(np.broadcast_shapes(y.shape, x.shape), np.float32)
    for place, low, high in ((y, -0.80, -0.28), (x, -0.84, -0.46)):
        for edge in (place - np.float32(low), np.float32(high) - place):
            pane = pane * step(-SOFT, SOFT, edge)
        middle = np.float32((low + high) / 2)
        pane = pane * step(0.008, 0.020, np.abs(place - middle))
    # The sky is brighter above.
    sky = np.float32(0.085) * (1 - np.float32(0.75) * step(-0.8, -0.28, y))
    return blur(pane * sky, 0.003 * picture.shorter_side)[:, :, None]


def _plastic(
    depth: FloatArray, down: FloatArray, across: FloatArray, options: CabinetOptions
) -> FloatArray:
    """Draw the cabinet (H, W, 3); depth is 0 at the glass and 1 at the outer side."""
    own = srgb_to_linear(flat_color(options.color))
    above = np.abs(down) ** ROUND / (np.abs(down) ** ROUND + np.abs(across) ** ROUND + 1e-9)
    # Light of the room comes from above: the lower slope faces it, the upper one does not.
    slope = 1 - step(BEVEL - 0.02, BEVEL + 0.02, depth)
    facing = 1 + np.float32(0.75) * np.sign(down) * above.astype(np.float32)
    shade = slope * facing * (np.float32(0.35) + np.float32(0.65) * np.clip(depth / BEVEL, 0, 1))
    shade += (1 - slope) * (np.float32(1.25) - np.float32(0.25) * down)
    shade += np.float32(1.6) * np.exp(-(((depth - BEVEL) / np.float32(0.035)) ** 2))
    plastic: FloatArray = shade[:, :, None].astype(np.float32) * own
    return plastic


def _sheen(depth: FloatArray) -> FloatArray:
    """Compute how much of the picture's light falls on the slope, less farther away."""
    slope = 1 - step(BEVEL - 0.02, BEVEL + 0.02, depth)
    return slope * np.float32(1.5) * np.exp(-np.maximum(depth, 0) * np.float32(1.6))
