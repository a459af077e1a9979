"""Gold leaf on lacquer: light parts are gilded, in squares of thin leaf, over a modelled relief.

Leaf mirrors what is around it, so its light depends on where its surface is turned: the slope of
the relief is looked up in a picture of a lit sphere, as in Sloan et al. 2001, "The lit sphere". The
relief is the lightness of the picture, the wrinkles and the joints of the leaves. Where leaf is
rubbed off, the red clay beneath shows.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, ramp, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur, gradient_size
from artgan.plugins.filters._declared_materials import GildingOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import best_cut, blur, slopes, step

CLAY = np.array([0.16, 0.025, 0.012], np.float32)


def apply(picture: Picture, options: GildingOptions, context: FilterContext) -> Picture:
    """Gild the light parts; ``picture`` is linear."""
    side, rng = picture.shorter_side, context.rng
    plane = tone(picture)
    if picture.alpha is not None:
        plane = plane * picture.alpha[:, :, 0]
    smooth = blur(plane, 0.003 * side)
    cut = options.threshold or float(np.clip(best_cut(smooth), 0.2, 0.75))
    rough = soft_noise(picture, 0.01, 1.0, rng)
    leaf = step(cut - 0.03, cut + 0.03, smooth + np.float32(0.03) * rough)
    body = blur(leaf, 0.012 * side) + 0.6 * (blur(leaf, 0.004 * side))
    relief = body + 2.6 * blur(plane, 0.004 * side)
    joints, tints = _leaves(picture, options.leaf, rng)
    wrinkles = soft_noise(picture, 0.035, 1.0, rng) + 0.6 * soft_noise(picture, 0.008, 1.0, rng)
    height = np.float32(0.012 * side * options.relief) * relief
    height -= np.float32(0.006 * side) * _grooves(picture)
    height += np.float32(0.0009 * side) * wrinkles - np.float32(0.0009 * side) * joints
    gold = _mirrored(height, picture, options, context) * (1 + 0.12 * tints)[:, :, None]
    worn = step(
        0.55, 0.8, soft_noise(picture, 0.006, 1.0, rng) + 0.9 * joints + options.wear - 0.55
    )
    gold += (CLAY - gold) * (worn * 0.85)[:, :, None]
    ground = _lacquer(picture, plane, options, height)
    light = ground + (gold - ground) * leaf[:, :, None]
    return picture.replace(color=np.clip(light, 0, 1))


def _grooves(picture: Picture) -> FloatArray:
    """Engrave where the colour changes (H, W), so that forms of one lightness show."""
    lab = linear_to_oklab(to_rgb(picture.color))
    if picture.alpha is not None:
        lab = lab * picture.alpha
    soft = gaussian_blur(lab, 0.003 * picture.shorter_side)
    edge = gradient_size(soft[:, :, 1]) + gradient_size(soft[:, :, 2])
    grooves: FloatArray = np.clip(edge * np.float32(0.05 * picture.shorter_side), 0, 1)
    return grooves


def _leaves(
    picture: Picture, size: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Lay leaves in rows: how near (H, W) in [0, 1] their joints are, and a shade for each leaf."""
    side = size * picture.shorter_side
    waver = soft_noise(picture, 0.15, 1.0, rng) * np.float32(0.06)
    down = (np.arange(picture.height, dtype=np.float32) + 0.5)[:, None] / side + waver
    across = (np.arange(picture.width, dtype=np.float32) + 0.5)[None, :] / side + waver[::-1]
    row = np.floor(down).astype(np.int64) + 1
    across = across + rng.uniform(0, 1, int(row.max()) + 2).astype(np.float32)[row]
    column = np.floor(across).astype(np.int64) + 1
    shades = rng.uniform(-1, 1, (int(row.max()) + 2, int(column.max()) + 2)).astype(np.float32)
    away = np.minimum(np.abs(down - np.round(down)), np.abs(across - np.round(across)))
    return 1 - step(0.0, 0.025, away), shades[row, column]


def _mirrored(
    height: FloatArray, picture: Picture, options: GildingOptions, context: FilterContext
) -> FloatArray:
    """Look up the light (H, W, 3) that a gilded relief mirrors: a window, a room, a dark floor."""
    down, across = slopes(blur(height, 0.0012 * picture.shorter_side), picture.wraps)
    length = np.sqrt(1 + down * down + across * across)
    turned = (-down * 0.8 - across * 0.6) / length
    # A warm band of light from above, its dim image from below.
    seen = 0.6 + 0.4 * np.tanh(2.2 * turned)
    seen += 0.3 * np.exp(-(((turned - 0.38) / 0.16) ** 2)) - 0.12 * np.exp(-((turned / 0.05) ** 2))
    rows = (np.arange(picture.height, dtype=np.float32) + 0.5)[:, None] / picture.height
    sheen = 0.1 * np.sin(5 * (rows + np.arange(picture.width)[None, :] / picture.width * 0.7))
    colors = palette_colors(context, options.colors, picture)
    return srgb_to_linear(ramp(colors, np.clip(seen + sheen, 0, 1).astype(np.float32)))


def _lacquer(
    picture: Picture, plane: FloatArray, options: GildingOptions, height: FloatArray
) -> FloatArray:
    """Compute the light (H, W, 3) of polished lacquer with a soft window in it."""
    dark = srgb_to_linear(flat_color(options.lacquer))
    rows = np.linspace(0, 1, picture.height, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, picture.width, dtype=np.float32)[None, :]
    window = np.exp(-(((rows + 0.35 * columns - 0.42) / 0.16) ** 2)) * 0.035
    shape = (0.35 + 1.3 * plane)[:, :, None] * dark
    lacquer = shape + window[:, :, None] * np.array([1, 0.86, 0.72], np.float32)
    return lacquer.astype(np.float32)
