"""Draws with the colours of a palette alone; dots mix in linear light.

Threshold methods mix each pixel from two palette colours. The pair is the one whose mixture comes
nearest in OKLab, with a penalty for colours that lie far apart (after Yliluoma's pairs). The share
is the projection of the pixel's light on the line between the two, so a palette of greys keeps the
tone exactly.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import linear_to_oklab, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_color import DitherOptions
from artgan.plugins.filters._diffusion import KERNELS, diffuse, diffuse_serpentine, riemersma
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._thresholds import thresholds

CELLS = 32
"""Steps of each channel; colours in the same step share their best pair."""
APART = 0.1
"""Weight of the penalty for the distance of a pair: near colours mix more smoothly."""
NEAR = 4
"""Number of nearest palette colours that are tried as one of a pair."""


def apply(picture: Picture, options: DitherOptions, context: FilterContext) -> Picture:
    """Draw the picture with the palette's colours alone.

    Raises:
        StyleError: ``serpentine`` is set for a method that does not spread the error.
    """
    ordered = options.method not in (*KERNELS, "riemersma")
    if ordered and options.serpentine:
        raise StyleError(
            f"serpentine needs a method that spreads the error, such as floyd-steinberg, not "
            f"{options.method}"
        )
    palette = palette_colors(context, options.palette, picture)
    small = picture.pixels[:: options.scale, :: options.scale]
    coarse = picture.replace(pixels=small)
    indices = (_by_thresholds if ordered else _by_error)(coarse, palette, options)
    if options.scale > 1:
        indices = np.repeat(np.repeat(indices, options.scale, 0), options.scale, 1)
        indices = indices[: picture.height, : picture.width]
    return picture.replace(
        color=palette.take(indices, axis=0),
        indexed=palette,
        wraps=_wraps(picture, options, ordered),
    )


def _wraps(picture: Picture, options: DitherOptions, ordered: bool) -> tuple[bool, bool]:
    """Find along which axes the picture still wraps: its length is a multiple of the pattern's."""
    if not ordered:
        return (False, False)
    period = len(thresholds(options.method)) * options.scale
    across, down = picture.width % period == 0, picture.height % period == 0
    return (picture.wraps[0] and across, picture.wraps[1] and down)


def _by_error(picture: Picture, palette: FloatArray, options: DitherOptions) -> NDArray[np.int64]:
    """Choose palette indices (H, W) by error diffusion."""
    light = srgb_to_linear(to_rgb(picture.color))
    if picture.alpha is None:
        cover = np.ones(light.shape[:2], np.float32)
    else:
        cover = picture.alpha[:, :, 0]
    if options.method == "riemersma":
        return riemersma(light, cover, palette, options.strength)
    spread = diffuse_serpentine if options.serpentine else diffuse
    return spread(light, cover, palette, options.method, options.strength)


def _by_thresholds(
    picture: Picture, palette: FloatArray, options: DitherOptions
) -> NDArray[np.int64]:
    """Choose palette indices (H, W) by a threshold pattern."""
    encoded = to_rgb(picture.color)
    first, second = _pairs(encoded, palette)
    ends = srgb_to_linear(palette)
    # Each pair is a line in light; a pixel's share of it is a product with the line's direction.
    line = ends[None] - ends[:, None]
    line /= np.maximum(np.einsum("abc,abc->ab", line, line), 1e-12)[:, :, None]
    offset = np.einsum("abc,ac->ab", line, ends)
    line, offset = line.reshape(-1, 3), offset.reshape(-1)
    pattern = thresholds(options.method)
    pattern = 0.5 + (pattern - 0.5) * np.float32(options.strength)
    columns = np.arange(picture.width) % len(pattern)
    chosen = np.empty(first.shape, np.int64)

    def work(begin: int, end: int) -> None:
        light = srgb_to_linear(encoded[begin:end])
        pair = first[begin:end] * len(palette) + second[begin:end]
        share = np.einsum("hwc,hwc->hw", light, line.take(pair, axis=0)) - offset.take(pair)
        limit = pattern[np.arange(begin, end) % len(pattern)][:, columns]
        chosen[begin:end] = np.where(share > limit, second[begin:end], first[begin:end])

    in_strips(work, picture.height, 4 * picture.width)
    return chosen


def _pairs(encoded: FloatArray, palette: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find for each pixel the two palette colours to mix, both (H, W), the darker first."""
    cells = np.minimum((encoded * CELLS).astype(np.int64), CELLS - 1)
    codes = (cells[..., 0] * CELLS + cells[..., 1]) * CELLS + cells[..., 2]
    used = np.flatnonzero(np.bincount(codes.ravel(), minlength=CELLS**3))
    middles = np.stack([used // CELLS**2, used // CELLS % CELLS, used % CELLS], axis=1)
    light = srgb_to_linear((middles + 0.5) / CELLS)
    ends = srgb_to_linear(palette)
    labs = linear_to_oklab(ends)
    pairs = np.empty((len(used), 2), np.int64)
    block = max(1, 2_000_000 // (NEAR * len(palette)))
    for begin in range(0, len(used), block):
        pairs[begin : begin + block] = _best(light[begin : begin + block], ends, labs)
    # Thresholds rise towards the lighter colour, so that neighbouring cells agree.
    swap = labs[pairs[:, 0], 0] > labs[pairs[:, 1], 0]
    pairs[swap] = pairs[swap][:, ::-1]
    table = np.zeros((2, CELLS**3), np.int64)
    table[:, used] = pairs.T
    return table[0].take(codes), table[1].take(codes)


def _best(light: FloatArray, ends: FloatArray, labs: FloatArray) -> NDArray[np.int64]:
    """Find the best pair (N, 2) for each light (N, 3): a near palette colour with any other."""
    wanted = linear_to_oklab(light)
    away = ((wanted[:, None] - labs[None]) ** 2).sum(axis=2)
    count = min(NEAR, len(ends))
    near = np.argsort(away, axis=1, kind="stable")[:, :count]
    start = ends[near][:, :, None]
    line = ends[None, None] - start
    length = np.maximum((line * line).sum(axis=3), 1e-12)
    share = np.clip(((light[:, None, None] - start) * line).sum(axis=3) / length, 0, 1)
    mixed = linear_to_oklab((start + line * share[..., None]).astype(np.float32))
    miss = ((mixed - wanted[:, None, None]) ** 2).sum(axis=3)
    spread = ((labs[near][:, :, None] - labs[None, None]) ** 2).sum(axis=3)
    cost = miss + APART * spread * np.minimum(share, 1 - share)
    # A pair of equal colours mixes nothing: all tones near it would become flat.
    cost = np.where(near[:, :, None] == np.arange(len(ends)), np.inf, cost)
    best = cost.reshape(len(light), -1).argmin(axis=1)
    one = near[np.arange(len(light)), best // len(ends)]
    return np.stack([one, best % len(ends)], axis=1)
