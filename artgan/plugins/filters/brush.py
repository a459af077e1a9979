"""Oil paint: curved brush strokes of several sizes along the shapes, with relief in their light.

Hertzmann 1998, "Painterly rendering with curved brush strokes of multiple sizes": large strokes
first, and finer ones where the picture still differs. Here strokes run along the edge tangent flow
instead of the plain gradient, and every one leaves a height, with the ridges of its bristles, that
is lit from the lower right at the end (Hertzmann 2002, "Fast paint texture").
"""

from dataclasses import dataclass

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.color import linear_to_oklab, oklab_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugins.filters._declared_materials import BrushOptions
from artgan.plugins.filters._flow import tangents
from artgan.plugins.filters._ink import tone
from artgan.plugins.filters._paint import blur, lit

FINER = (1.0, 0.5, 0.25)
"""Widths of the brushes, from first to last."""
APART = 1.0
"""Distance of the strokes of a brush, in its widths."""
POINTS = 8
"""Points of the middle line of a stroke, without the first."""
CLOSE = 1.0
"""Distance in pixels of the places that a stroke paints."""
BRISTLES, HAIRS = 64, 256
"""Bristles of a brush, and how many different brushes there are."""
GROUP = 400_000
"""Places that are painted at a time."""


@dataclass
class _Canvas:
    """Light (H, W, 3), the height of paint (H, W), and the ways of strokes (H, W, 2)."""

    light: FloatArray
    height: FloatArray
    flow: FloatArray


def apply(picture: Picture, options: BrushOptions, context: FilterContext) -> Picture:
    """Paint the picture; ``picture`` is linear."""
    width = options.width * picture.shorter_side
    if width < 1.5:
        return picture
    light = to_rgb(picture.color)
    if picture.alpha is not None:
        # Beyond a cut-out lies the colour of its edge: strokes must not drag in what is clear.
        spread = gaussian_blur(np.concatenate([light * picture.alpha, picture.alpha], 2), width)
        around = spread[:, :, :3] / np.maximum(spread[:, :, 3:], np.float32(1e-4))
        light = (light * picture.alpha + around * (1 - picture.alpha)).astype(np.float32)
    flow = _directions(picture, options, width)
    canvas = _Canvas(light.copy(), np.zeros(light.shape[:2], np.float32), flow)
    for share in FINER[: options.brushes]:
        brush = share * width
        if brush >= 1.5:
            _paint(canvas, gaussian_blur(light, brush / 4), brush, options, context.rng)
    shade = lit(blur(canvas.height, 0.4), picture.wraps, 0.35 * options.relief)
    painted = canvas.light * shade[:, :, None]
    # Wet paint shines where it turns to the lamp.
    painted += np.float32(0.25 * options.relief) * np.maximum(shade - 1.25, 0)[:, :, None]
    return picture.replace(color=np.clip(painted, 0, 1))


def _directions(picture: Picture, options: BrushOptions, width: float) -> FloatArray:
    """Compute the way (H, W, 2), down and across, that a stroke takes at each pixel."""
    plane = blur(tone(picture), width / 3)
    flow = tangents(plane, width, picture.wraps)
    turn = np.float32(np.radians(options.angle))
    own = np.array([np.sin(turn), np.cos(turn)], np.float32)
    # Lines have no head: they are turned to the side of the painter's own direction.
    flow *= np.where((flow * own).sum(axis=2, keepdims=True) < 0, -1, 1)
    mixed = flow * np.float32(options.follow) + own * np.float32(1 - options.follow)
    length = np.sqrt((mixed * mixed).sum(axis=2, keepdims=True))
    ways: FloatArray = mixed / np.maximum(length, 1e-6)
    return ways


def _paint(
    canvas: _Canvas,
    wanted: FloatArray,
    brush: float,
    options: BrushOptions,
    rng: np.random.Generator,
) -> None:
    """Lay the strokes of one brush: everywhere, or where paint differs from the wanted light."""
    height, width = wanted.shape[:2]
    apart = APART * brush
    rows, columns = (max(1, round(n / apart)) for n in (height, width))
    spots = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), 2)
    starts = (spots.reshape(-1, 2) + rng.uniform(0, 1, (rows * columns, 2))) * (
        height / rows,
        width / columns,
    )
    order = rng.permutation(len(starts))
    dabs = rng.uniform(-1, 1, (len(starts), 3)).astype(np.float32)
    # Nothing is drawn once strokes are chosen: in a film, others must not change with one.
    bristles = rng.uniform(0, 1, (HAIRS, BRISTLES)).astype(np.float32)
    hairs = rng.integers(0, HAIRS, len(starts))
    starts, dabs = starts[order].astype(np.float32), dabs[order]
    tones = linear_to_oklab(np.ascontiguousarray(_read(wanted, starts)))
    if canvas.height.any():
        # The painter goes on where a broad brush missed more than a glance forgives.
        miss = linear_to_oklab(gaussian_blur(canvas.light, brush / 4)) - linear_to_oklab(wanted)
        off = np.sqrt((_read(miss, starts) ** 2).sum(axis=1))
        keep = off > options.patience * 0.2
        starts, dabs, tones, hairs = starts[keep], dabs[keep], tones[keep], hairs[keep]
    if not len(starts):
        return
    lines = _lines(starts, tones, wanted, canvas.flow, brush * options.length / POINTS)
    tones = tones + dabs * np.float32(options.variety) * np.array([0.08, 0.03, 0.03], np.float32)
    colors = np.clip(oklab_to_linear(tones), 0, 1)
    _lay(canvas, lines, colors, brush, bristles[hairs])


def _read(plane: FloatArray, places: FloatArray) -> FloatArray:
    rows = np.clip(places[..., 0].astype(np.intp), 0, plane.shape[0] - 1)
    columns = np.clip(places[..., 1].astype(np.intp), 0, plane.shape[1] - 1)
    found: FloatArray = plane[rows, columns]
    return found


def _lines(
    starts: FloatArray, tones: FloatArray, wanted: FloatArray, flow: FloatArray, stride: float
) -> FloatArray:
    """Follow the flow from each start: middle lines (N, POINTS + 1, 2).

    A stroke ends where the picture is nearer to another colour than to its own.
    """
    lines = np.repeat(starts[:, None], POINTS + 1, axis=1)
    heading = _read(flow, starts)
    going = np.ones(len(starts), bool)
    lab = linear_to_oklab(wanted)
    for point in range(1, POINTS + 1):
        here = lines[:, point - 1]
        ahead = _read(flow, here)
        ahead = ahead * np.where((ahead * heading).sum(1, keepdims=True) < 0, -1, 1)
        heading = 0.5 * heading + 0.5 * ahead
        heading = heading / np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-6)
        there = here + np.float32(stride) * heading
        off = np.sqrt(((_read(lab, there) - tones) ** 2).sum(axis=1))
        going &= (off < 0.12) | (point <= 1)
        lines[:, point] = np.where(going[:, None], there, here)
    return lines.astype(np.float32)


def _lay(
    canvas: _Canvas, lines: FloatArray, colors: FloatArray, brush: float, bristles: FloatArray
) -> None:
    """Paint strokes with their bristles (N, BRISTLES) one over the other, a group at a time."""
    across = np.linspace(-1, 1, max(3, int(np.ceil(brush / CLOSE))), dtype=np.float32)
    hair = bristles[:, ((across + 1) * ((BRISTLES - 1) / 2)).astype(np.intp)]
    longest = np.linalg.norm(np.diff(lines, axis=1), axis=2).sum(axis=1).max() + brush
    group = max(1, int(GROUP / (len(across) * longest / CLOSE)))
    owner = np.full(canvas.height.shape, -1, np.int32)
    for first in range(0, len(lines), group):
        part = slice(first, first + group)
        here, height, number = _strokes(lines[part], hair[part], across, brush / 2, owner.shape)
        owner.reshape(-1)[here] = number + first
        canvas.height.reshape(-1)[here] = height
    painted = owner >= 0
    canvas.light[painted] = colors.astype(np.float32)[owner[painted]]


def _strokes(
    lines: FloatArray,
    hair: FloatArray,
    across: FloatArray,
    half: float,
    size: tuple[int, ...],
) -> tuple[np.ndarray, FloatArray, np.ndarray]:
    """Find the places in a flat canvas of ``size`` that strokes cover.

    Returns:
        The places, the height of the paint there, and the number of the stroke, (K,) each.
    """
    segments = np.linalg.norm(np.diff(lines, axis=1), axis=2)
    total = segments.sum(axis=1, keepdims=True)
    count = max(2, int((float(total.max()) + 2 * half) / CLOSE))
    share = np.linspace(0, 1, count, dtype=np.float32)[None, :]
    along = share * (total + np.float32(2 * half)) - np.float32(half)
    middle, normal = _along(lines, segments, along)
    beyond = np.maximum(-along, along - total) / np.float32(half)
    # Frayed ends: each bristle starts and stops a little earlier or later.
    fray = (np.float32(0.4) + np.float32(0.6) * hair) * np.sqrt(np.maximum(1 - across**2, 0))
    wide = across * np.float32(half)
    height, width = size
    rows = (middle[:, :, None, 0] + normal[:, :, None, 0] * wide).astype(np.int32)
    columns = (middle[:, :, None, 1] + normal[:, :, None, 1] * wide).astype(np.int32)
    drawn = beyond[:, :, None] < fray[:, None, :]
    drawn &= (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    here = np.flatnonzero(drawn)
    rows *= np.int32(width)
    rows += columns
    flat = rows.reshape(-1)[here]
    # Paint is thickest at the rims, and thins out towards the end.
    thick = (np.float32(0.35) + hair) * (np.float32(0.6) + np.float32(0.6) * across**2)
    thick = (
        thick[:, None, :] * ((1.15 - 0.5 * share) * min(half, 6.0)).astype(np.float32)[:, :, None]
    )
    return flat, thick.reshape(-1)[here], here // drawn[0].size


def _along(
    lines: FloatArray, segments: FloatArray, along: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Find points (N, K, 2) and normals (N, K, 2) at distances (N, K) along lines."""
    ends = np.cumsum(segments, axis=1)
    number = (along[:, :, None] > ends[:, None, :-1]).sum(axis=2)
    rows = np.arange(len(lines))[:, None]
    start, end = lines[rows, number], lines[rows, number + 1]
    length = segments[rows, number]
    # A stroke that stopped has segments of no length; the first one gives its direction.
    first = (lines[:, 1] - lines[:, 0]) / np.maximum(segments[:, :1], 1e-6)
    way = np.where(
        (length > 1e-3)[:, :, None],
        (end - start) / np.maximum(length, 1e-6)[:, :, None],
        first[:, None],
    )
    before = np.where(number > 0, np.take_along_axis(ends, np.maximum(number - 1, 0), 1), 0)
    point = start + way * (along - before)[:, :, None]
    normal = np.stack([-way[..., 1], way[..., 0]], axis=-1)
    return point.astype(np.float32), normal.astype(np.float32)
