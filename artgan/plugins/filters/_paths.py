"""Draws with strokes and shapes what some filters draw with pixels, for plotters and SVG."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import linear_to_srgb, to_hex
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugin.vectors import Drawing, Layer
from artgan.plugins.filters import HalftoneOptions
from artgan.plugins.filters._declared_drawn import (
    AsciiOptions,
    CrosshatchOptions,
    PlotterOptions,
    StippleOptions,
)
from artgan.plugins.filters._declared_wild import ContoursOptions
from artgan.plugins.filters._ink import ink_covers
from artgan.plugins.filters._level_lines import level_lines
from artgan.plugins.filters._strokes import parallel_lines, read_at, runs
from artgan.plugins.filters._warp import fetch
from artgan.plugins.filters.ascii import typeset
from artgan.plugins.filters.contours import heights
from artgan.plugins.filters.crosshatch import deviation, layer_share
from artgan.plugins.filters.halftone import screen_angle
from artgan.plugins.filters.plotter import plot
from artgan.plugins.filters.stipple import stipple

FAINT = 0.004
"""Cover below which nothing is drawn."""


def _hex(ink: str) -> str:
    return to_hex(linear_to_srgb(ink_light(ink))[None])[0]


def _layer(ink: str, **drawn: Any) -> Layer:
    return Layer(ink, _hex(ink), **drawn)


def _drawing(picture: Picture, layers: Sequence[Layer], paper: str = "ffffff") -> Drawing:
    return Drawing(picture.width, picture.height, layers, _hex(paper))


def plotter_paths(picture: Picture, options: PlotterOptions, context: FilterContext) -> Drawing:
    """Draw the strokes of each pen."""
    pen = options.pen * picture.shorter_side
    plates = zip(options.inks, plot(picture, options), strict=True)
    layers = [_layer(ink, strokes=strokes, pen=pen) for ink, strokes in plates]
    return _drawing(picture, layers, options.paper)


def stipple_paths(picture: Picture, options: StippleOptions, context: FilterContext) -> Drawing:
    """Draw the dots as circles."""
    dots = stipple(picture, options, context)
    circles = np.stack([dots.across, dots.down, dots.radius], axis=1)
    return _drawing(picture, [_layer(options.ink, circles=circles)], options.paper)


def ascii_paths(picture: Picture, options: AsciiOptions, context: FilterContext) -> Drawing:
    """Draw the letters as filled shapes, one for each run of a glyph's pixels in a row.

    Raises:
        StyleError: ``color`` or ``shade`` is set: every letter would need an ink of its own.
    """
    if options.color:
        raise StyleError("letters in their cells' own colours cannot be drawn; use color=false")
    if options.shade > 0:
        raise StyleError("letters of different strength cannot be drawn; use shade=0")
    page, _ = typeset(picture, options, context.rng)
    rows, columns, high, wide = page.shape
    sheet = page.transpose(0, 2, 1, 3).reshape(rows * high, columns * wide)
    inked = np.pad(sheet >= 0.5, ((0, 0), (1, 1))).astype(np.int8)
    line, begin = np.nonzero(np.diff(inked, axis=1) > 0)
    end = np.nonzero(np.diff(inked, axis=1) < 0)[1]
    corners = np.stack([[begin, line], [end, line], [end, line + 1], [begin, line + 1]])
    scale = np.array([picture.width / sheet.shape[1], picture.height / sheet.shape[0]])
    shapes = list(corners.transpose(2, 0, 1) * scale)
    return _drawing(picture, [_layer(options.ink, shapes=shapes)], options.paper)


def halftone_paths(picture: Picture, options: HalftoneOptions, context: FilterContext) -> Drawing:
    """Draw each ink's screen as circles or outlines, one for each cell, of the tone's area.

    An outline has the tone at the middle of its cell, so detail finer than a cell is lost.
    """
    cell = picture.shorter_side / options.lines
    cover = gaussian_blur(ink_covers(picture, options.inks), cell / 3, picture.wraps)
    layers = []
    for number, ink in enumerate(options.inks):
        turn = math.radians(screen_angle(number, options))
        places = _cells(picture, cell, turn)
        down, across = places[:, 1].astype(np.float32), places[:, 0].astype(np.float32)
        tone = fetch(cover[:, :, number : number + 1], down, across, picture.wraps)[:, 0]
        chosen = tone > FAINT
        places, tone = places[chosen], np.clip(tone[chosen], 0, 1)
        if options.shape == "dot":
            circles = np.concatenate([places, (_radius(tone) * cell)[:, None]], axis=1)
            layers.append(_layer(ink, circles=circles))
        else:
            outlines = OUTLINES[options.shape](tone) * cell
            axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
            page = [picture.width, picture.height]
            shapes = list(np.clip(places[:, None] + outlines @ axes, 0, page))
            layers.append(_layer(ink, shapes=shapes))
    return _drawing(picture, layers, options.paper)


def crosshatch_paths(
    picture: Picture, options: CrosshatchOptions, context: FilterContext
) -> Drawing:
    """Draw each line as outlines whose width follows the tone."""
    wanted = ink_covers(picture, (options.ink,))[:, :, 0]
    cell = picture.shorter_side / options.lines
    shapes: list[np.ndarray] = []
    for layer in range(options.layers):
        share = layer_share(wanted, layer, options.layers)
        angle = options.angle + layer * 180 / options.layers
        turn = math.radians(angle)
        beside = np.array([-math.sin(turn), math.cos(turn)]) * cell
        wobble = np.zeros_like(share)
        if options.wobble > 0:
            wobble = deviation(picture, options, context)
        for line in parallel_lines(share.shape, cell, angle):
            half = read_at(share, line)[:, None] / 2
            middle = line + read_at(wobble, line)[:, None] * beside
            edges = np.concatenate([middle + half * beside, middle - half * beside], axis=1)
            drawn = runs(edges, half[:, 0] > FAINT / 2)
            shapes += [np.concatenate([run[:, :2], run[::-1, 2:]]) for run in drawn]
    page = [picture.width, picture.height]
    outlines = [np.clip(shape, 0, page) for shape in shapes]
    return _drawing(picture, [_layer(options.ink, shapes=outlines)], options.paper)


def contours_paths(picture: Picture, options: ContoursOptions, context: FilterContext) -> Drawing:
    """Draw the lines alone, each as one stroke, on white paper."""
    height = heights(picture, options)
    strokes = [line for level in range(1, options.levels) for line in level_lines(height, level)]
    pen = options.width * picture.shorter_side
    return _drawing(picture, [_layer(options.ink, strokes=strokes, pen=pen)])


def _cells(picture: Picture, cell: float, turn: float) -> np.ndarray:
    """List the middles (N, 2) of the screen's cells, x and y, inside the picture."""
    reach = math.ceil(math.hypot(picture.width, picture.height) / 2 / cell) + 1
    beside, along = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1) * cell
    x = picture.width / 2 + along * math.cos(turn) - beside * math.sin(turn)
    y = picture.height / 2 + along * math.sin(turn) + beside * math.cos(turn)
    touching = (x >= 0) & (x <= picture.width) & (y >= 0) & (y <= picture.height)
    places: np.ndarray = np.stack([x, y], axis=1)[touching]
    return places


def _radius(tone: FloatArray) -> FloatArray:
    """Compute radii in cells of circles that print a tone, overlaps counted once."""
    radii = np.linspace(0, math.sqrt(0.5), 513)
    past = np.clip(radii, 0.5, None)
    # The part of a circle beyond each of the cell's four sides lies on a neighbour's circle.
    sector = past**2 * np.arccos(0.5 / past) - 0.5 * np.sqrt(past**2 - 0.25)
    areas = np.pi * radii**2 - 4 * sector
    return np.interp(tone, areas, radii).astype(np.float32)


def _line(tone: FloatArray) -> np.ndarray:
    half = np.ones_like(tone) / 2
    return _box(half, tone / 2)


def _box(along: np.ndarray, beside: np.ndarray) -> np.ndarray:
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    outline: np.ndarray = signs * np.stack([along, beside], axis=1)[:, None]
    return outline


def _diamond(tone: FloatArray) -> np.ndarray:
    reach = np.where(tone <= 0.5, np.sqrt(tone / 2), 1 - np.sqrt((1 - tone) / 2))
    corners = np.array([[-1, 0], [0, -1], [1, 0], [0, 1]])
    outline: np.ndarray = corners * reach[:, None, None]
    return outline


def _cross(tone: FloatArray) -> np.ndarray:
    arm = ((1 - np.sqrt(1 - tone)) / 2)[:, None]
    end = np.full_like(arm, 0.5)
    x = [-end, -arm, -arm, arm, arm, end, end, arm, arm, -arm, -arm, -end]
    y = [-arm, -arm, -end, -end, -arm, -arm, arm, arm, end, end, arm, arm]
    return np.stack([np.concatenate(x, axis=1), np.concatenate(y, axis=1)], axis=2)


OUTLINES: dict[str, Callable[[FloatArray], np.ndarray]] = {
    "line": _line,
    "diamond": _diamond,
    "cross": _cross,
}
"""Outline (K, N, 2) in cells for each tone (K,)."""
