"""Cuts pictures into squares and arranges them in another order."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, to_rgb
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import resize
from artgan.plugins.filters._declared_drawn import CollageOptions
from artgan.plugins.filters._inner import read_picture
from artgan.plugins.filters._warp import premultiplied, straight


def apply(picture: Picture, options: CollageOptions, context: FilterContext) -> Picture:
    """Lay out the pieces in the chosen order; ``picture`` is linear.

    Each piece is used once. With further pictures, each place takes its piece from the next one.
    """
    side = max(1, picture.shorter_side // options.columns)
    rows, columns = picture.height // side, picture.width // side
    sources = [picture, *(_fit(path, picture, context) for path in options.pictures)]
    rgb = [_opaque_rgb(source, picture.has_alpha) for source in sources]
    pieces = np.concatenate(
        [_cut(pixels, rows, columns, side)[n :: len(rgb)] for n, pixels in enumerate(rgb)]
    )
    pieces = pieces[_order(pieces, picture.has_alpha, options.order, context)]
    laid = _lay(pieces, rows, columns, rgb[0])
    gap = round(options.gap * side)
    if gap:
        _draw_gaps(laid, side, gap, rows, columns, options.paper)
    return picture.replace(pixels=straight(picture, laid))


def _fit(path: str, picture: Picture, context: FilterContext) -> Picture:
    """Read a picture file at the size of ``picture``."""
    other = read_picture(context, path)
    return resize(other, picture.height, picture.width, "smooth").to("linear")


def _opaque_rgb(source: Picture, has_alpha: bool) -> FloatArray:
    """Convert to RGB (H, W, 3) on white, or to RGBA (H, W, 4) with alpha multiplied in."""
    color = to_rgb(source.color)
    one = np.ones((source.height, source.width, 1), np.float32)
    alpha = one if source.alpha is None else source.alpha
    if has_alpha:
        return premultiplied(source.replace(color=color, alpha=alpha))
    mixed: FloatArray = color * alpha + (1 - alpha)
    return mixed


def _cut(pixels: FloatArray, rows: int, columns: int, side: int) -> FloatArray:
    """Cut squares (rows * columns, side, side, C) out of (H, W, C)."""
    whole = pixels[: rows * side, : columns * side]
    cells = whole.reshape(rows, side, columns, side, -1).swapaxes(1, 2)
    return cells.reshape(rows * columns, side, side, -1)


def _order(pieces: FloatArray, has_alpha: bool, order: str, context: FilterContext) -> np.ndarray:
    if order == "seed":
        return context.rng.permutation(len(pieces))
    mean = pieces.mean(axis=(1, 2))
    color = mean[:, :3] / np.maximum(mean[:, 3:], 1e-6) if has_alpha else mean
    lab = linear_to_oklab(np.clip(color, 0, 1))
    value = lab[:, 0] if order == "lightness" else np.arctan2(lab[:, 2], lab[:, 1])
    return np.argsort(value, kind="stable")


def _lay(pieces: FloatArray, rows: int, columns: int, under: FloatArray) -> FloatArray:
    """Lay squares over a copy of the picture, of which a rest at the right and below may stay."""
    side = pieces.shape[1]
    laid = under.copy()
    cells = pieces[: rows * columns].reshape(rows, columns, side, side, -1).swapaxes(1, 2)
    laid[: rows * side, : columns * side] = cells.reshape(rows * side, columns * side, -1)
    return laid


def _draw_gaps(laid: FloatArray, side: int, gap: int, rows: int, columns: int, paper: str) -> None:
    """Draw the gaps in place, half on each of the two pieces."""
    color = np.append(ink_light(paper), np.float32(1))[: laid.shape[2]]
    for length, axis in ((rows, 0), (columns, 1)):
        lines = laid.swapaxes(0, axis)
        for edge in range(length + 1):
            start = max(0, edge * side - gap // 2)
            lines[start : min(len(lines), edge * side + gap - gap // 2)] = color
