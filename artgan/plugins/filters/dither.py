"""Draws with the colours of a palette alone; dots mix in linear light.

Threshold methods mix each pixel from up to four palette colours, so that the mean over the pattern
is the pixel's light. Two are enough where their mixture has it; the pair is the one whose mixture
comes nearest in OKLab, with a penalty for colours that lie far apart (after Yliluoma). Light
that no mixture of the palette has is drawn with the pair, at the share that comes nearest.
"""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import linear_to_oklab, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips
from artgan.plugins.filters._declared_color import DitherOptions
from artgan.plugins.filters._diffusion import KERNELS, diffuse, diffuse_serpentine, riemersma
from artgan.plugins.filters._inner import palette_colors
from artgan.plugins.filters._mixtures import mixtures
from artgan.plugins.filters._thresholds import thresholds

CELLS = 32
"""Steps of each channel; colours in the same step share their best pair."""
APART = 0.1
"""Weight of the penalty for the distance of a pair: near colours mix more smoothly."""
MOST_EXACT = 256
"""Number of colours up to which each gets a mixture of its own."""
MISSED = 1 / 1024
"""Difference of light above which a pair is not good enough."""
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
    middle = 0.5
    if options.steady and context.frame.count > 1 and not ordered:
        options, ordered = replace(options, method="blue-noise"), True
        middle = _middle(palette)
    if ordered:
        indices = _by_thresholds(coarse, palette, options, middle)
    else:
        indices = _by_error(coarse, palette, options)
    if options.scale > 1:
        indices = np.repeat(np.repeat(indices, options.scale, 0), options.scale, 1)
        indices = indices[: picture.height, : picture.width]
    return picture.replace(
        color=palette.take(indices, axis=0),
        indexed=palette,
        wraps=_wraps(picture, options, ordered),
    )


def _middle(palette: FloatArray) -> float:
    """Find the share of the lighter of two colours at which errors that are spread choose it.

    Errors are kept within the light of both, but the nearest colour is that in OKLab, so a
    strength below 1 makes pictures lighter. For more colours it is taken to be one half.
    """
    if len(palette) != 2:
        return 0.5
    ends = srgb_to_linear(palette)
    labs = linear_to_oklab(ends)
    dark, light = np.argsort(labs[:, 0])
    share = np.linspace(0, 1, 257, dtype=np.float32)[:, None]
    mixed = linear_to_oklab(ends[dark] + share * (ends[light] - ends[dark]))
    nearer = ((mixed - labs[light]) ** 2).sum(1) < ((mixed - labs[dark]) ** 2).sum(1)
    return float(share[np.argmax(nearer), 0])


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
    picture: Picture, palette: FloatArray, options: DitherOptions, middle: float
) -> NDArray[np.int64]:
    """Choose palette indices (H, W) by a threshold pattern; strength 0 is one threshold."""
    encoded = to_rgb(picture.color)
    codes, colors = _distinct(encoded)
    members, matrices = _members(srgb_to_linear(colors), palette)
    matrices = np.ascontiguousarray(matrices.transpose(1, 2, 0))
    pattern = thresholds(options.method)
    pattern = np.float32(middle) + (pattern - np.float32(middle)) * np.float32(options.strength)
    columns = np.arange(picture.width) % len(pattern)
    chosen = np.empty(codes.shape, np.int64)

    def work(begin: int, end: int) -> None:
        light = srgb_to_linear(encoded[begin:end])
        code = codes[begin:end]
        heaped = [np.zeros(code.shape, np.float32)]
        for red, green, blue, fixed in matrices:
            share = (
                red.take(code, mode="clip") * light[..., 0]
                + green.take(code, mode="clip") * light[..., 1]
            )
            share += blue.take(code, mode="clip") * light[..., 2] + fixed.take(code, mode="clip")
            heaped.append(heaped[-1] + np.maximum(share, 0))
        limit = pattern[np.arange(begin, end) % len(pattern)][:, columns] * heaped[-1]
        place = sum((heap <= limit).astype(np.int64) for heap in heaped[1:-1])
        chosen[begin:end] = members.take(code * members.shape[1] + place)

    in_strips(work, picture.height, 16 * picture.width)
    return chosen


def _distinct(encoded: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Number the colours of a picture: (H, W), and the colours (N, 3).

    Colours in the same of 32 steps of each channel count as one if the picture has many.
    """
    codes = np.empty(encoded.shape[:2], np.int64)
    weights = np.array([CELLS * CELLS, CELLS, 1], np.float32)

    def work(start: int, stop: int) -> None:
        cells = np.floor(encoded[start:stop] * np.float32(CELLS))
        np.minimum(cells, np.float32(CELLS - 1), out=cells)
        codes[start:stop] = cells @ weights

    in_strips(work, len(encoded), 3 * encoded.shape[1])
    used = np.flatnonzero(np.bincount(codes.ravel(), minlength=CELLS**3))
    if len(used) <= MOST_EXACT:
        steps = (encoded.reshape(-1, 3) * 65535 + 0.5).astype(np.int64)
        exact, first, places = np.unique(
            (steps[:, 0] * 65536 + steps[:, 1]) * 65536 + steps[:, 2],
            return_index=True,
            return_inverse=True,
        )
        if len(exact) <= MOST_EXACT:
            return places.reshape(codes.shape), encoded.reshape(-1, 3)[first]
    middles = np.stack([used // CELLS**2, used // CELLS % CELLS, used % CELLS], axis=1)
    places = np.zeros(CELLS**3, np.int64)
    places[used] = np.arange(len(used))
    return places.take(codes), ((middles + 0.5) / CELLS).astype(np.float32)


def _members(
    light: FloatArray, palette: FloatArray
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the colours to mix for each light (N, 3), lightest first.

    Returns:
        Places in the palette (N, M), M 2 or 4; matrices (N, M, 4), which turn (red, green, blue, 1)
        into shares.
    """
    ends = srgb_to_linear(palette)
    labs = linear_to_oklab(ends)
    members = _pairs(light, ends, labs)
    start = ends[members[:, 0]]
    line = ends[members[:, 1]] - start
    # A pair is a line in light; a pixel's share is a product with the line's direction.
    line = line / np.maximum((line * line).sum(axis=1, keepdims=True), 1e-12)
    offset = -(line * start).sum(axis=1)
    lighter = np.concatenate([line, offset[:, None]], axis=1)
    matrices = np.stack([[0, 0, 0, 1] - lighter, lighter], axis=1)
    share = np.clip((matrices[:, 1, :3] * light).sum(axis=1) + offset, 0, 1)[:, None]
    mixed = start * (1 - share) + ends[members[:, 1]] * share
    poor = np.flatnonzero(np.abs(mixed - light).max(axis=1) > MISSED)
    # Two colours have no other mixtures than those of the pair.
    poor = poor if len(ends) > 2 else poor[:0]
    four, their, inside = mixtures(light[poor], ends)
    if inside.any():
        members = np.pad(members, ((0, 0), (0, 2)))
        matrices = np.pad(matrices, ((0, 0), (0, 2), (0, 0)))
        members[poor[inside]], matrices[poor[inside]] = four[inside], their[inside]
    # Thresholds rise towards the lighter colour, so that neighbouring cells agree.
    order = np.argsort(-labs[:, 0].take(members), axis=1, kind="stable")
    members = np.take_along_axis(members, order, 1)
    return members, np.take_along_axis(matrices, order[:, :, None], 1).astype(np.float32)


def _pairs(light: FloatArray, ends: FloatArray, labs: FloatArray) -> NDArray[np.int64]:
    """Find the best pair of palette colours (N, 2) for each light (N, 3)."""
    pairs = np.empty((len(light), 2), np.int64)
    block = max(1, 2_000_000 // (NEAR * len(ends)))
    for begin in range(0, len(light), block):
        pairs[begin : begin + block] = _best(light[begin : begin + block], ends, labs)
    return pairs


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
