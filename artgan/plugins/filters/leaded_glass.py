"""Stained glass: panes cut along the shapes, held by lead of one width, lit from behind.

Panes are patches of one colour (``_segments``). Their borders, found on a small copy, are blurred
and cut at one level, which rounds the corners as bent lead does, and makes lead equally wide
everywhere.
"""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import (
    fit_gamut,
    linear_to_oklab,
    oklab_to_linear,
    ramp,
    srgb_to_oklab,
    to_rgb,
)
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_materials import LeadedGlassOptions
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._noise import soft_noise
from artgan.plugins.filters._paint import blur, lit, step
from artgan.plugins.filters._pieces import piece_means
from artgan.plugins.filters._segments import at_size, borders, patches

GREY = 0.07
"""Chroma in OKLab from which a pane has a colour of its own."""
LEAST = 2.0
"""Least width of the lead, in pixels of the copy that panes are cut on."""
MOST_LEAD = 0.45
"""Largest share of the picture that lead covers."""
LEAD = np.array([0.016, 0.017, 0.02], np.float32)


def apply(picture: Picture, options: LeadedGlassOptions, context: FilterContext) -> Picture:
    """Glaze the picture; ``picture`` is linear."""
    owner = patches(picture, options.panes, options.regular, context.rng)
    lead, height = _lead(picture, owner, options)
    glass = _panes(picture, owner, options, context)
    streaks = soft_noise(picture, 0.03, 1.0, context.rng) + 0.5 * soft_noise(
        picture, 0.006, 0.0, context.rng
    )
    shadow = 1 - 0.45 * blur(lead, 0.012 * picture.shorter_side)
    glass *= (shadow * (1 + np.float32(0.16 * options.streaks) * streaks))[:, :, None]
    shine = lit(height, (False, False), 0.9)
    metal = LEAD * (0.5 + 1.5 * np.maximum(shine - 0.6, 0) ** 2)[:, :, None]
    light = glass + (metal - glass) * lead[:, :, None]
    alpha = picture.alpha
    if alpha is not None:
        # The outermost lead frames a cut-out.
        alpha = np.maximum(step(0.4, 0.6, alpha), lead[:, :, None] * step(0.02, 0.2, alpha))
    return picture.replace(color=np.clip(light, 0, 1), alpha=alpha)


def _lead(
    picture: Picture, owner: np.ndarray, options: LeadedGlassOptions
) -> tuple[FloatArray, FloatArray]:
    """Compute cover of the lead and height of its round back in pixels, (H, W) each."""
    wide = max(options.lead * min(owner.shape), LEAST)
    sigma = 0.55 * wide
    marks = blur(borders(owner), sigma)
    # A straight border is two pixels wide: its blur falls to this at half the lead's width.
    level = 2 / (sigma * 2.507) * np.exp(-0.5 * (wide / 2 / sigma) ** 2)
    found = at_size(marks[:, :, None], picture.height, picture.width)[:, :, 0]
    # In a picture of a few pixels the lead would cover all glass.
    level = max(level, float(np.quantile(found, 1 - MOST_LEAD)))
    soft = max(0.12, 0.6 * len(owner) / picture.height)
    cover = step(level * (1 - soft), level * (1 + soft), found)
    wide *= picture.shorter_side / min(owner.shape)
    height = np.float32(wide / 2) * np.sqrt(np.clip((found - level) / (0.9 * level), 0, 1))
    return cover, blur(height, max(0.5, wide / 8))


def _panes(
    picture: Picture, owner: np.ndarray, options: LeadedGlassOptions, context: FilterContext
) -> FloatArray:
    """Colour each pane with the mean of its light (H, W, 3), deeper, and tinted if it is grey."""
    count = int(owner.max()) + 1
    rows = np.arange(picture.height) * len(owner) // picture.height
    columns = np.arange(picture.width) * owner.shape[1] // picture.width
    full = owner[rows][:, columns]
    light = to_rgb(picture.color)
    weight = np.ones((*light.shape[:2], 1), np.float32) if picture.alpha is None else picture.alpha
    sums = piece_means(np.concatenate([light * weight, weight], axis=2), full, count)
    lab = linear_to_oklab((sums[:, :3] / np.maximum(sums[:, 3:], 1e-6)).astype(np.float32))
    tints = srgb_to_oklab(ramp(palette_colors(context, options.colors, picture), lab[:, 0]))
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    own = np.clip(1 - chroma / GREY, 0, 1)[:, None] * np.float32(options.tint)
    lab += (tints - lab) * own
    lab[:, 1:] *= np.float32(1 + options.depth)
    lab[:, 0] = 0.12 + 0.84 * lab[:, 0] + 0.05 * context.rng.uniform(-1, 1, count)
    colors = oklab_to_linear(fit_gamut(lab.astype(np.float32)))
    panes: FloatArray = np.clip(colors, 0, 1)[full]
    return panes
