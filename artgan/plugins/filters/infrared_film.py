"""Colour infrared film: leaves are crimson, skies go to teal, skin is waxy, lights bloom in red.

The film (Kodak Aerochrome) shows infrared as red, red as green, and green as blue. A picture does
not hold the infrared, but colours tell of it: leaves and whatever is warm reflect most of it, the
blue of a sky none. What is green or yellow is taken for leaves; a picture without colours has none,
there its middle tones stand in. A sky that a camera has bleached is found by what it is like: pale,
not warm, even, and high in the picture.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import light_lightness, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_materials import InfraredFilmOptions
from artgan.plugins.filters._paint import blur, step

SKY = (0.03, 0.38, 0.46)
"""Light that is left of white at the height of the sky."""
HAZE = (0.42, 0.82, 0.86)
"""Light that is left of white elsewhere."""
WAX = (1.45, 1.43, 1.1)
"""Light of skin as multiples of its mean."""
SHADOW = (0.0, 0.008, 0.011)
HALO = (2.2, 0.26, 0.5)
"""Light that comes back through the film from its rear, where nothing stops it."""
RADIUS = 0.022
"""Reach of that light as a share of the shorter side."""
GREY = 0.97
"""Share of grey from which a picture is grey throughout."""


def apply(picture: Picture, options: InfraredFilmOptions, context: FilterContext) -> Picture:
    """Expose the film; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    light = to_rgb(picture.color)
    tone = light_lightness(light)
    seen = np.ones_like(tone) if picture.alpha is None else picture.alpha[:, :, 0]
    pale, greyness = np.empty_like(tone), np.empty_like(tone)
    film, bright = np.empty(light.shape, np.float32), np.empty_like(tone)

    def look(start: int, stop: int) -> None:
        rows = slice(start, stop)
        red, green, blue = _planes(light[rows])
        most, least = _range(red, green, blue)
        greyness[rows] = 1 - step(0.02, 0.06, (most - least) / _total(red, green, blue))
        warm = (red - blue) / (most + np.float32(0.02))
        pale[rows] = step(0.5, 0.9, tone[rows]) * (1 - step(0.06, 0.26, warm)) * seen[rows]

    def expose(start: int, stop: int) -> None:
        rows = slice(start, stop)
        planes = _planes(light[rows])
        leaves = _leafy(*planes)
        if drawn:
            leaves = np.maximum(leaves, _middle(tone[rows]) * greyness[rows])
        shown = _developed(planes, leaves, tone[rows])
        sky = pale[rows] * step(0.35, 0.95, even[rows]) * high[rows]
        for number, plane in enumerate(shown):
            plane *= 1 - np.float32(1 - HAZE[number]) * pale[rows]
            plane += (np.float32(SKY[number]) * planes[number] - plane) * sky
        dark = 1 - _range(*shown)[0]
        for number, plane in enumerate(shown):
            film[rows, :, number] = plane + np.float32(SHADOW[number]) * np.maximum(dark, 0)
        # The layer of the infrared lies nearest to the rear; skies hardly reach it.
        bright[rows] = step(0.05, 0.6, film[rows, :, 0]) * film[rows, :, 0] * seen[rows]

    def bloom(start: int, stop: int) -> None:
        rows = slice(start, stop)
        lightest = film[rows].max(axis=2)
        for number, strength in enumerate(HALO):
            plane = film[rows, :, number]
            spill = np.float32(options.bloom * strength) * halo[rows]
            plane = plane + spill * (1 - np.minimum(lightest, 1))
            before = light[rows, :, number]
            plane = before + (plane - before) * np.float32(options.strength)
            film[rows, :, number] = np.clip(plane, 0, 1)

    in_strips(look, picture.height, 3 * picture.width)
    drawn = float((greyness * seen).sum()) > GREY * float(seen.sum())
    even = blur(pale, 0.02 * picture.shorter_side, picture.wraps)
    high = _height(picture)
    in_strips(expose, picture.height, 3 * picture.width)
    halo = blur(bright, RADIUS * picture.shorter_side, picture.wraps)
    in_strips(bloom, picture.height, 3 * picture.width)
    return picture.replace(color=film)


def _planes(light: FloatArray) -> list[FloatArray]:
    return [np.ascontiguousarray(light[:, :, number]) for number in range(3)]


def _range(red: FloatArray, green: FloatArray, blue: FloatArray) -> tuple[FloatArray, FloatArray]:
    most, least = np.maximum(red, green), np.minimum(red, green)
    return np.maximum(most, blue), np.minimum(least, blue)


def _total(red: FloatArray, green: FloatArray, blue: FloatArray) -> FloatArray:
    total: FloatArray = np.maximum(red + green + blue, np.float32(0.02))
    return total


def _height(picture: Picture) -> FloatArray:
    """Compute how likely each row (H, 1) is of a sky; a picture that repeats down has no height."""
    if picture.wraps[1]:
        return np.full((picture.height, 1), 0.6, np.float32)
    rows = (np.arange(picture.height, dtype=np.float32) + 0.5) / picture.height
    return (1 - step(0.05, 0.75, rows))[:, None]


def _developed(planes: list[FloatArray], leaves: FloatArray, tone: FloatArray) -> list[FloatArray]:
    """Compute red, green and blue (H, W) of the film, without what is pale."""
    red, green, blue = planes
    most, least = _range(red, green, blue)
    most = most + np.float32(0.02)
    warm, cool = np.maximum((red - blue) / most, 0), np.maximum((blue - red) / most, 0)
    brightness = (red + green + blue) / 3
    infra = (red + brightness) * np.float32(0.5) * (1 - cool) ** 2
    infra = np.maximum(infra, red * (1 + np.float32(0.3) * warm))
    infra += (np.minimum(2.6 * np.maximum(green, brightness) + 0.05, 1) - infra) * leaves
    kept = 1 - np.float32(0.85) * leaves
    shown = [
        infra,
        (0.78 * red + 0.3 * green) * kept + 0.3 * cool * blue,
        (0.62 * green + 0.34 * blue) * kept + 0.16 * leaves * infra,
    ]
    # Skin, and what is warm and not vivid as it is, goes pale.
    vivid = (most - least) / most
    skin = step(0.12, 0.35, warm * (1 - leaves)) * (1 - step(0.55, 0.9, vivid)) * np.float32(0.85)
    mean = (shown[0] + shown[1] + shown[2]) / 3
    for plane, wax in zip(shown, WAX, strict=True):
        plane += (np.float32(wax) * mean - plane) * skin
    # Shadows are lit by the sky alone.
    shade = (1 - leaves) * (1 - np.float32(0.7) * warm) * (1 - step(0.25, 0.75, tone))
    shown[0] *= 1 - np.float32(0.7) * shade
    shown[2] *= 1 + np.float32(0.5) * shade
    return shown


def _leafy(red: FloatArray, green: FloatArray, blue: FloatArray) -> FloatArray:
    """Estimate how much (H, W) of each pixel is leaf."""
    total = _total(red, green, blue)
    leafy = step(0.02, 0.22, (2 * green - red - blue + np.float32(0.22) * (red - blue)) / total)
    found: FloatArray = leafy * step(-0.05, 0.12, (green - np.float32(0.8) * red) / total)
    return found


def _middle(tone: FloatArray) -> FloatArray:
    """Find the middle tones (H, W), which stand for leaves in a picture without colours."""
    found: FloatArray = step(0.15, 0.5, tone) * (1 - step(0.8, 1.0, tone))
    return found
