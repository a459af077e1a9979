"""Palettes by colour harmony, their order, and facts about them."""

from dataclasses import dataclass

import numpy as np

from artgan.errors import StyleError
from artgan.plugin.color import (
    FloatArray,
    fit_gamut,
    nearest,
    oklab_to_srgb,
    parse_hex,
    srgb_to_linear,
    srgb_to_oklab,
    to_hex,
)

HARMONIES = {
    "complementary": (0, 180),
    "analogous": (-30, 0, 30),
    "triadic": (0, 120, 240),
    "tetradic": (0, 90, 180, 270),
    "split": (0, 150, 210),
    "shades": (0,),
}
"""Name -> hues of the colours, in degrees from the hue of the first."""


def harmonize(color: str, harmony: str, count: int) -> FloatArray:
    """Build a palette around a hex colour: hues by rule, lightness in even steps, all inside sRGB.

    Returns sRGB (K, 3), darkest first; the given colour replaces the one nearest to it.
    """
    try:
        own = np.array([parse_hex(color)], np.float32)
    except ValueError as error:
        raise StyleError(str(error)) from error
    lab = srgb_to_oklab(own)[0]
    chroma, hue = float(np.hypot(lab[1], lab[2])), float(np.arctan2(lab[2], lab[1]))
    turns = np.radians(HARMONIES[harmony])
    light = np.linspace(0.2, 0.94, count)
    hues = hue + turns[np.arange(count) % len(turns)]
    # Very dark and very light colours can hold little chroma.
    fade = np.clip(1.2 - 2.2 * np.abs(light - 0.55) ** 1.5, 0.25, 1) * chroma
    points = np.stack([light, fade * np.cos(hues), fade * np.sin(hues)], axis=1)
    made = oklab_to_srgb(fit_gamut(points.astype(np.float32)))
    made[int(nearest(own, made)[0])] = own[0]
    return sort_colors(made, "lightness")


def sort_colors(colors: FloatArray, by: str) -> FloatArray:
    """Order colours (K, 3) by OKLab "lightness", "hue" or "chroma"; greys first by hue."""
    lab = srgb_to_oklab(colors)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.where(chroma < 0.02, -1, np.arctan2(lab[:, 2], lab[:, 1]) % (2 * np.pi))
    keys = {"lightness": lab[:, 0], "hue": hue, "chroma": chroma}
    return colors[np.lexsort((lab[:, 0], keys[by]))]


@dataclass(frozen=True)
class PaletteFacts:
    """How well colours stand apart, by WCAG contrast (1 to 21) and by distance in OKLab.

    ``strongest`` and ``pair`` are the hex colours that have the most contrast, lighter first, and
    the smallest distance.
    """

    count: int
    contrast: float
    strongest: tuple[str, str]
    nearest: float
    pair: tuple[str, str]


def check_colors(colors: FloatArray) -> PaletteFacts:
    """Measure contrast (WCAG 2, on relative luminance) and the nearest two colours (OKLab)."""
    names = to_hex(colors)
    luminance = srgb_to_linear(colors) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    light, dark = int(luminance.argmax()), int(luminance.argmin())
    lab = srgb_to_oklab(colors)
    apart = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(2))
    np.fill_diagonal(apart, np.inf)
    one, other = divmod(int(apart.argmin()), len(colors))
    return PaletteFacts(
        len(colors),
        float((luminance[light] + 0.05) / (luminance[dark] + 0.05)),
        (names[light], names[dark]),
        float(apart.min()),
        (names[one], names[other]),
    )
