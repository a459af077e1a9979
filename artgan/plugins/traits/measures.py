"""Measures of a finished picture, of what can be seen: clear pixels do not count."""

import numpy as np

from artgan.plugin.color import lightness, srgb_to_oklab, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.traits._words import HUES

GREY = 0.03
"""Chroma in OKLCH below which a pixel has no hue that one would name."""

LEAST_COLORED = 0.05
"""Share of the pixels with a hue from which a picture counts as coloured."""


def measure_light(picture: Picture) -> float:
    """Return the mean OKLab lightness."""
    weights = _weights(picture)
    return float((lightness(picture.color) * weights).sum() / weights.sum())


def measure_color(picture: Picture) -> str:
    """Return the word whose hues have the most chroma, or black, grey or white without any."""
    lab, weights = srgb_to_oklab(to_rgb(picture.color)), _weights(picture)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    colored = (chroma > GREY) * weights
    if colored.sum() < LEAST_COLORED * weights.sum():
        light = measure_light(picture)
        return "black" if light < 0.3 else "white" if light > 0.8 else "grey"
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    places = np.searchsorted([end for end, _ in HUES], hue, side="right")
    totals: dict[str, float] = {}
    for place, (_, word) in enumerate(HUES):
        share = float((chroma * colored)[places == place].sum())
        totals[word] = totals.get(word, 0.0) + share
    return max(totals, key=totals.__getitem__)


def measure_symmetry(picture: Picture) -> float:
    """Return the correlation of the lightness with its mirror image; 1 where all is alike."""
    light = lightness(picture.color) * _weights(picture)
    away = light - light.mean()
    spread = float((away * away).mean())
    if spread < 1e-6:
        return 1.0
    return max(0.0, min(1.0, float((away * away[:, ::-1]).mean()) / spread))


def _weights(picture: Picture) -> FloatArray:
    """Return how much each pixel counts (H, W): by its alpha, or all alike where all is clear."""
    if picture.alpha is None or not picture.alpha.any():
        return np.ones(picture.pixels.shape[:2], np.float32)
    return picture.alpha[:, :, 0]
