"""Video tape: a signal of narrow bandwidth, line by line, with the faults of a worn recorder.

A VHS recorder keeps about 240 lines of brightness and 40 of colour across (IEC 60774); what is
sharper rings, colour smears and comes late, and each pair of lines shares it. Lines start a little
early or late, every second one belongs to another moment, the two heads change a few lines above
the lower edge, and a tape that tracks badly shows a torn band of noise with white drop-outs.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import TapeOptions

YIQ = np.array(
    [[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]], np.float32
)
BRIGHT, COLOR = 300.0, 42.0
"""Details that brightness and colour keep across a line."""


def apply(picture: Picture, options: TapeOptions, context: FilterContext) -> Picture:
    """Play the picture (sRGB) from tape."""
    rng = context.rng
    lines = min(options.lines, picture.height)
    rows = (np.arange(lines + 1) * picture.height) // lines
    color = to_rgb(picture.color)
    # A screen has no holes.
    alpha = picture.alpha
    if alpha is not None:
        color, alpha = color * alpha, np.ones_like(alpha)
    signal = _lines(color, rows) @ YIQ.T
    late = _lateness(lines, options, rng)
    signal = _shifted(signal, late * picture.width)
    bright = _narrow(signal[:, :, :1], picture.width / BRIGHT)
    # The recorder sharpens what it lost, so edges ring.
    bright += np.float32(0.9) * (bright - _narrow(bright, 2.2 * picture.width / BRIGHT))
    chroma = _narrow(signal[:, :, 1:], picture.width / COLOR * options.bleed)
    behind = np.full(lines, 0.011 * options.bleed * picture.width, np.float32)
    chroma = _shifted(chroma, behind)
    chroma[1:] = (chroma[1:] + chroma[:-1]) / 2
    signal = np.concatenate([bright, chroma * np.float32(1.15)], axis=2)
    signal += _noise(signal.shape, picture, options, rng)
    signal[:, :, 0] += _dropouts(signal.shape, late, options, rng)
    color = np.clip(signal @ np.linalg.inv(YIQ).T.astype(np.float32), 0, 1)
    color = 0.045 + 0.9 * color
    thin = np.ones(lines, np.float32)
    thin[1::2] = np.float32(1 - 0.16 * options.interlace)
    color *= thin[:, None, None]
    which = np.repeat(np.arange(lines), np.diff(rows))
    return picture.replace(color=color[which], alpha=alpha)


def _lines(color: FloatArray, rows: np.ndarray) -> FloatArray:
    """Average (H, W, 3) over the rows of each line."""
    sums: FloatArray = np.add.reduceat(color, rows[:-1], axis=0)
    means: FloatArray = sums / np.diff(rows).astype(np.float32)[:, None, None]
    return means


def _lateness(lines: int, options: TapeOptions, rng: np.random.Generator) -> FloatArray:
    """Compute by how much each line is late, as a share of the width."""
    number = np.arange(lines)
    slow = np.interp(number / 24, np.arange(lines // 24 + 2), rng.normal(0, 1, lines // 24 + 2))
    late = 0.0022 * slow + 0.0007 * rng.normal(0, 1, lines)
    late[1::2] += 0.0028 * options.interlace
    # The heads change: the last lines lean over, farther the lower they are.
    change = round(lines * 0.965)
    fall = np.linspace(0, 1, max(1, lines - change))
    late[change:] += options.wear * (0.05 + 0.12 * fall**2 + 0.008 * rng.normal(0, 1, len(fall)))
    band = _band(lines, options)
    late += band * options.tracking * (0.02 + 0.02 * rng.normal(0, 1, lines))
    return late.astype(np.float32)


def _band(lines: int, options: TapeOptions) -> FloatArray:
    """Compute where the tape tracks badly: 1 in the middle of the band, 0 outside."""
    away = (np.arange(lines) + 0.5) / lines - 0.79
    return np.clip(1 - np.abs(away) / 0.035, 0, 1).astype(np.float32)


def _shifted(signal: FloatArray, late: FloatArray) -> FloatArray:
    """Shift each line (L, W, C) to the right by pixels (L,); what comes in repeats the edge."""
    width = signal.shape[1]
    places = np.arange(width, dtype=np.float32)[None, :] - late[:, None]
    low = np.floor(places).astype(np.int64)
    share = (places - low)[:, :, None].astype(np.float32)
    line = np.arange(len(signal))[:, None]
    first = signal[line, np.clip(low, 0, width - 1)]
    shifted: FloatArray = first + (signal[line, np.clip(low + 1, 0, width - 1)] - first) * share
    return shifted


def _narrow(signal: FloatArray, sigma: float) -> FloatArray:
    """Blur lines (L, W, C) along themselves, by two boxes."""
    reach = max(1, round(1.2 * sigma))
    narrow = signal
    for _ in range(2):
        wide = np.pad(narrow, ((0, 0), (reach, reach), (0, 0)), mode="edge")
        sums = np.cumsum(wide, axis=1, dtype=np.float64)
        sums = np.concatenate([np.zeros_like(sums[:, :1]), sums], axis=1)
        sums = (sums[:, 2 * reach + 1 :] - sums[:, : -2 * reach - 1]) / (2 * reach + 1)
        narrow = sums.astype(np.float32)
    return narrow


def _noise(
    shape: tuple[int, ...], picture: Picture, options: TapeOptions, rng: np.random.Generator
) -> FloatArray:
    """Draw noise (L, W, 3): short streaks of light, long ones of colour."""
    lines, width = shape[:2]
    light = rng.standard_normal((lines, max(2, int(BRIGHT))), dtype=np.float32)
    tint = rng.standard_normal((lines, max(2, int(COLOR)), 2), dtype=np.float32)
    places = (np.arange(width) + 0.5) / width
    fine = light[:, (places * light.shape[1]).astype(int), None] * np.float32(0.055)
    coarse = _narrow(tint[:, (places * tint.shape[1]).astype(int)], width / COLOR / 2)
    drawn: FloatArray = np.concatenate([fine, coarse * np.float32(0.05)], axis=2)
    return drawn * np.float32(options.noise)


def _dropouts(
    shape: tuple[int, ...], late: FloatArray, options: TapeOptions, rng: np.random.Generator
) -> FloatArray:
    """Draw white streaks (L, W): many in the torn band and below the change of heads."""
    lines, width = shape[:2]
    band = _band(lines, options) * options.tracking
    band[round(lines * 0.975) :] = 0.8 * options.wear
    chance = 0.012 * options.wear + 0.9 * band
    streaks = np.zeros((lines, width), np.float32)
    places = np.arange(width) / width
    for line in np.flatnonzero(rng.random(lines) < chance):
        for _ in range(1 + int(6 * band[line])):
            start, length = rng.random(), 0.01 + 0.12 * rng.random() ** 2
            along = (places - start) / length
            streaks[line] += np.where((along >= 0) & (along < 4), np.exp(-along), 0)
    return np.minimum(streaks, 1) * np.float32(0.75)
