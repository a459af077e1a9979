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


YELLOW = np.radians(105)
"""Hue in OKLab that lights lean to in ramps whose hue shifts, as in sunlight; shadows lean away."""


def harmonize(color: str, harmony: str, count: int, hue_shift: float = 0.0) -> FloatArray:
    """Build a palette around a hex colour: hues by rule, lightness in even steps, all inside sRGB.

    From its darkest to its lightest colour the hue turns by ``hue_shift`` degrees, lights towards
    yellow and shadows away from it, as pixel artists do; negative turns the other way.

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
    # Towards yellow by the shorter way.
    way = 1 if np.sin(YELLOW - hue) >= 0 else -1
    hues += way * np.radians(hue_shift) * (light - lab[0]) / max(float(np.ptp(light)), 1e-6)
    # Very dark and very light colours can hold little chroma.
    fade = np.clip(1.2 - 2.2 * np.abs(light - 0.55) ** 1.5, 0.25, 1) * chroma
    points = np.stack([light, fade * np.cos(hues), fade * np.sin(hues)], axis=1)
    made = oklab_to_srgb(fit_gamut(points.astype(np.float32)))
    made[int(nearest(own, made)[0])] = own[0]
    return sort_colors(made, "lightness")


def sort_colors(colors: FloatArray, by: str) -> FloatArray:
    """Order colours (K, 3) by OKLab "lightness", "hue" or "chroma"; greys first by hue.

    "smooth" goes from the darkest on in steps as small as can be.
    """
    lab = srgb_to_oklab(colors)
    if by == "smooth":
        return colors[_shortest_path(lab)]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.where(chroma < 0.02, -1, np.arctan2(lab[:, 2], lab[:, 1]) % (2 * np.pi))
    keys = {"lightness": lab[:, 0], "hue": hue, "chroma": chroma}
    return colors[np.lexsort((lab[:, 0], keys[by]))]


def _shortest_path(lab: FloatArray) -> list[int]:
    """Order points (K, 3) along a short path from the darkest: nearest next, then 2-opt."""
    apart = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(2))
    path, rest = [int(lab[:, 0].argmin())], set(range(len(lab)))
    rest.remove(path[0])
    while rest:
        path.append(min(rest, key=lambda one: (apart[path[-1], one], one)))
        rest.remove(path[-1])
    better = True
    while better:
        better = False
        for first in range(1, len(path) - 1):
            for last in range(first + 1, len(path)):
                after = path[last + 1] if last + 1 < len(path) else None
                now, new = apart[path[first - 1], path[first]], apart[path[first - 1], path[last]]
                if after is not None:
                    now, new = now + apart[path[last], after], new + apart[path[first], after]
                if new < now - 1e-6:
                    path[first : last + 1] = path[first : last + 1][::-1]
                    better = True
    return path


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
