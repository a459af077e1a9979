"""Sweets: the picture laid out of pieces of sugar, each of one colour, rounded and glossy.

Pieces are parts of one colour of the sweet shop, chosen by hue before lightness, with smooth
borders; small islands go to what surrounds them, unless they differ as eyes and mouths do. Every
piece is as thick as it is broad up to a limit, lets light through at the side away from the lamp,
and throws a shadow on the ground that shows between the pieces.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, oklab_to_linear, srgb_to_linear, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import SweetsOptions
from artgan.plugins.filters._frame import flat_color
from artgan.plugins.filters._ink import light_on_paper
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._paint import blur, lit, step
from artgan.plugins.filters._segments import at_size

WORK, LARGEST = 320, 400_000
"""Shorter side in pixels of the copy on which pieces are cut, and its pixels if it is larger."""
ROUND = 0.004
"""How far corners are rounded, as a share of the shorter side."""
APART = 0.22
"""Difference in OKLab from its surroundings at which an island may be a quarter as large."""
BY_LIGHT = 0.55
"""How much lightness counts beside hue."""


def apply(picture: Picture, options: SweetsOptions, context: FilterContext) -> Picture:
    """Lay the picture out of sweets; ``picture`` is linear."""
    height, width = _work_size(picture)
    side = min(height, width)
    small = linear_to_oklab(at_size(light_on_paper(picture), height, width))
    sugar = srgb_to_oklab(palette_colors(context, options.colors, picture)[None])[0]
    owner = _without_islands(_rounded(_nearest(small, sugar), ROUND * side), small, options.least)
    thick = max(2, round(options.thick * side))
    far = _depth(owner, thick) / np.float32(thick)
    both = np.stack([blur(far, 1.0), blur(far, max(1.0, 0.15 * thick))], axis=2)
    far = at_size(both, picture.height, picture.width)
    rows = np.arange(picture.height) * height // picture.height
    columns = np.arange(picture.width) * width // picture.width
    body = np.clip(oklab_to_linear(sugar[owner[rows][:, columns]]), 0, 1)
    soft = max(0.06, 0.7 / (options.thick * picture.shorter_side))
    solid = step(options.gap - soft, options.gap + soft, far[:, :, 0])
    light = _glazed(picture, body, far[:, :, 1], options)
    ground = (
        srgb_to_linear(flat_color(options.ground)) * _shadow(solid, picture, options)[..., None]
    )
    laid = ground + (light - ground) * solid[:, :, None]
    return picture.replace(color=np.clip(laid, 0, 1))


def _work_size(picture: Picture) -> tuple[int, int]:
    """Compute height and width of the copy: the same pieces are cut whatever the size."""
    pixels = picture.height * picture.width
    share = min(WORK / picture.shorter_side, max(1.0, (LARGEST / pixels) ** 0.5))
    return max(1, round(picture.height * share)), max(1, round(picture.width * share))


def _nearest(lab: FloatArray, sugar: FloatArray) -> NDArray[np.intp]:
    """Find the sweet (h, w) nearest to each colour; greys are told by lightness, colours by hue."""
    chroma = np.hypot(lab[:, :, 1], lab[:, :, 2])
    lively = lab[:, :, 1:] * (np.float32(1.5) + 0.6 * step(0.02, 0.08, chroma))[:, :, None]
    best, least = np.zeros(chroma.shape, np.intp), np.full(chroma.shape, np.inf, np.float32)
    for number, color in enumerate(sugar):
        off = np.float32(BY_LIGHT) * (lab[:, :, 0] - color[0]) ** 2
        off = off + ((lively - color[1:]) ** 2).sum(axis=2)
        best, least = np.where(off < least, number, best), np.minimum(off, least)
    return best


def _rounded(owner: NDArray[np.intp], sigma: float) -> NDArray[np.intp]:
    """Let the kind that fills most of the neighbourhood have each pixel: smooth borders."""
    kinds = np.unique(owner)
    shares = gaussian_blur((owner[:, :, None] == kinds).astype(np.float32), sigma)
    chosen: NDArray[np.intp] = kinds[shares.argmax(axis=2)]
    return chosen


def _without_islands(owner: NDArray[np.intp], lab: FloatArray, least: float) -> NDArray[np.intp]:
    """Fill islands that are smaller than a share of the picture by what surrounds them."""
    numbers = _islands(owner)
    flat = numbers.ravel()
    sizes = np.bincount(flat)
    # An island that stands out may be smaller: eyes and mouths do.
    around = lab - gaussian_blur(lab, 0.03 * min(owner.shape))
    off = np.sqrt((around * around).sum(axis=2)).ravel()
    stands = np.bincount(flat, off) / np.maximum(sizes, 1)
    wanted = least * owner.size * np.where(stands > APART / 2, 0.25, 1.0)
    kept = (sizes >= wanted)[numbers]
    if kept.all() or not kept.any():
        return owner
    kinds = np.unique(owner[kept])
    known = ((owner[:, :, None] == kinds) & kept[:, :, None]).astype(np.float32)
    for sigma in (0.008, 0.03, 0.1):
        shares = gaussian_blur(known, sigma * min(owner.shape))
        found = ~kept & (shares.max(axis=2) > 1e-3)
        owner = np.where(found, kinds[shares.argmax(axis=2)], owner)
        kept = kept | found
    return owner


def _islands(owner: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the connected parts (h, w) of one kind, by the index of one of their pixels."""
    numbers = np.arange(owner.size).reshape(owner.shape)
    down, across = owner[1:] == owner[:-1], owner[:, 1:] == owner[:, :-1]
    while True:
        least = numbers.copy()
        for alike, one, other in (
            (down, least[1:], least[:-1]),
            (down, least[:-1], least[1:]),
            (across, least[:, 1:], least[:, :-1]),
            (across, least[:, :-1], least[:, 1:]),
        ):
            one[...] = np.where(alike, np.minimum(one, other), one)
        # A number is also the index of a pixel, which may have a smaller number by now.
        least = least.ravel()[least]
        if np.array_equal(least, numbers):
            return numbers
        numbers = least


def _depth(owner: NDArray[np.intp], most: int) -> FloatArray:
    """Compute the distance (h, w) from the border of a piece in pixels, up to ``most``."""
    inside = np.ones(owner.shape, bool)
    for axis in (0, 1):
        differs = np.diff(owner, axis=axis) != 0
        first = [slice(None), slice(None)]
        second = [slice(None), slice(None)]
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        inside[tuple(first)] &= ~differs
        inside[tuple(second)] &= ~differs
    depth = inside.astype(np.float32)
    for turn in range(most - 1):
        wide = np.pad(inside, 1, constant_values=True)
        shrunk = inside & wide[2:, 1:-1] & wide[:-2, 1:-1] & wide[1:-1, 2:] & wide[1:-1, :-2]
        if turn % 2:
            # Squares and diamonds in turn are nearly round.
            shrunk &= wide[2:, 2:] & wide[:-2, :-2] & wide[2:, :-2] & wide[:-2, 2:]
        inside = shrunk
        depth += inside
    return depth


def _glazed(
    picture: Picture, body: FloatArray, far: FloatArray, options: SweetsOptions
) -> FloatArray:
    """Light the pieces (H, W, 3): soft shade, a glint on one side, a glow on the other."""
    reach = np.float32(options.thick * picture.shorter_side)
    rise = 1 - np.clip((far - np.float32(options.gap)) / np.float32(1 - options.gap), 0, 1)
    bulge = blur(1 - rise * rise, 0.06 * float(reach))
    shade = lit(np.float32(-0.4 * options.relief) * reach * bulge, (False, False), 1.0)
    rim = rise * rise
    light = body * (0.35 + 0.65 * shade)[:, :, None]
    # Light that entered on the lit side leaves on the other, deeper in colour.
    through = np.float32(options.glow) * rim * np.maximum(1.1 - shade, 0)
    light += through[:, :, None] * (0.25 * body + 0.75 * np.sqrt(body) * body)
    # The lamp stands at the upper left, and shows as a streak, a little way up from the rim.
    glint = step(1.25, 1.5, shade) * step(0.85, 0.65, rise) * step(0.25, 0.45, rise)
    light += np.float32(options.gloss) * (0.5 * glint)[:, :, None] * (1 - light)
    return light


def _shadow(solid: FloatArray, picture: Picture, options: SweetsOptions) -> FloatArray:
    """Compute how light (H, W) the ground is beside the pieces, which stand up from it."""
    away = 0.25 * options.thick * picture.shorter_side
    whole, share = int(away), np.float32(away % 1)
    near, far = (
        np.pad(solid, ((by, 0), (by, 0)), mode="edge")[: solid.shape[0], : solid.shape[1]]
        for by in (whole, whole + 1)
    )
    shadow: FloatArray = 1 - np.float32(0.75) * blur(near + share * (far - near), 0.4 * away)
    return shadow
