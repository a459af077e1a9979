"""Drawings as SVG in millimetres: a layer for each pen, strokes sorted to shorten pen travel."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from artgan.base.marks import Mark, mark_packet
from artgan.core.registry import Registry
from artgan.errors import OptionError, StyleError
from artgan.plugin.picture import Picture
from artgan.plugin.vectors import Drawing, Layer, Points
from artgan.styling.apply import apply_style, call_paths
from artgan.styling.chain import Chain

MOST_SORTED = 6000
"""Most strokes that are sorted; with more, they stay in the order of the filter."""


def draw_style(chain: Chain, picture: Picture, *, registry: Registry, seed: int = 0) -> Drawing:
    """Apply a chain whose last step draws lines; the steps before change the picture as usual."""
    drawing = [e for e in registry.entries("filter") if e.declaration.paths is not None]
    last = chain.steps[-1] if chain.steps else None
    if last is None or last.entry.declaration.paths is None or last.laying:
        names = ", ".join(entry.declaration.name for entry in drawing)
        found = f"'{last.entry.declaration.name}'" if last else "empty"
        raise StyleError(
            f"a drawing ends with one of {names}, laid on nothing; the last step is {found}"
        )
    begun = Chain(chain.name, chain.steps[:-1], chain.requires)
    before = apply_style(begun, picture, registry=registry, seed=seed).picture
    result: Drawing = call_paths(chain, before, registry=registry, seed=seed)
    return result


def svg_text(
    drawing: Drawing,
    paper: tuple[float, float],
    margin: float = 10.0,
    mark: Mark | None = None,
) -> str:
    """Return a drawing as SVG, centred on the paper and as large as fits.

    Every layer is a group that plotting programs show as a layer. The paper is width and height in
    millimetres, the margin is bare paper on each side. A mark is written as XMP (SVG 1.1, 21.2).
    """
    room = (paper[0] - 2 * margin, paper[1] - 2 * margin)
    if min(room) < 1:
        raise OptionError(
            f"a margin of {margin:g} mm leaves nothing of {paper[0]:g}x{paper[1]:g} mm; expected "
            f"less than {min(paper) / 2:g}"
        )
    scale = min(room[0] / drawing.width, room[1] / drawing.height)
    corner = np.array(
        [(paper[0] - scale * drawing.width) / 2, (paper[1] - scale * drawing.height) / 2]
    )
    wide, high = _number(paper[0]), _number(paper[1])
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'width="{wide}mm" height="{high}mm" viewBox="0 0 {wide} {high}">',
    ]
    if mark is not None:
        rows.append(f"<metadata>{mark_packet(mark).decode()}</metadata>")
    for number, layer in enumerate(drawing.layers, 1):
        rows += _layer(layer, number, scale, corner)
    return "\n".join([*rows, "</svg>", ""])


def _layer(layer: Layer, number: int, scale: float, corner: NDArray[np.float64]) -> list[str]:
    """List the lines of SVG of a layer, scaled and moved to its corner."""
    # Inks mix on screen as they do on paper.
    label = quoteattr(f"{number} {layer.name}")
    color = f"#{layer.color}"
    rows = [
        f'<g id="layer{number}" inkscape:groupmode="layer" inkscape:label={label} '
        f'fill="none" stroke="none" style="mix-blend-mode:multiply">'
    ]
    if layer.strokes:
        pen = _number(max(layer.pen * scale, 0.01))
        rows.append(
            f'<g stroke="{color}" stroke-width="{pen}" stroke-linecap="round" '
            'stroke-linejoin="round">'
        )
        strokes = sort_strokes([_simplified(s) for s in layer.strokes])
        rows += [f'<path d="{_path(corner + stroke * scale)}"/>' for stroke in strokes]
        rows.append("</g>")
    if len(layer.shapes) or len(layer.circles):
        rows.append(f'<g fill="{color}">')
        rows += [f'<path d="{_path(corner + shape * scale)}Z"/>' for shape in layer.shapes]
        for x, y, radius in np.asarray(layer.circles, np.float64):
            middle = corner + np.array([x, y]) * scale
            rows.append(
                f'<circle cx="{_number(middle[0])}" cy="{_number(middle[1])}" '
                f'r="{_number(radius * scale)}"/>'
            )
        rows.append("</g>")
    return [*rows, "</g>"]


def _number(value: float) -> str:
    """Format millimetres to a hundredth, finer than any pen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _path(points: Points) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points.tolist())


def _simplified(stroke: Points) -> Points:
    """Remove points that lie on the straight line between their neighbours."""
    if len(stroke) < 3:
        return stroke
    before, after = stroke[1:-1] - stroke[:-2], stroke[2:] - stroke[1:-1]
    bend = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    kept: Points = stroke[np.concatenate([[True], bend > 1e-6, [True]])]
    return kept


def pen_up(strokes: Sequence[Points]) -> float:
    """Measure how far the pen travels above the paper between strokes."""
    if len(strokes) < 2:
        return 0.0
    starts, ends = np.stack([s[0] for s in strokes]), np.stack([s[-1] for s in strokes])
    return float(np.hypot(*(starts[1:] - ends[:-1]).T).sum())


def sort_strokes(strokes: Sequence[Points]) -> list[Points]:
    """Order strokes so that the pen continues at the nearest end, reversing them if needed.

    The original order is kept if it is as short, or if there are very many strokes.
    """
    original = list(strokes)
    if not 2 < len(original) <= MOST_SORTED:
        return original
    ends = np.stack([np.concatenate([s[0], s[-1]]) for s in original]).reshape(-1, 2, 2)
    left = np.ones(len(original), bool)
    ordered, pen, number, reverse = [original[0]], ends[0, 1], 0, False
    for _ in range(len(original) - 1):
        left[number] = False
        rest = np.flatnonzero(left)
        distances = ((ends[rest] - pen) ** 2).sum(axis=2)
        nearest = int(distances.argmin())
        number, reverse = int(rest[nearest // 2]), nearest % 2 == 1
        ordered.append(original[number][::-1] if reverse else original[number])
        pen = ends[number, 0 if reverse else 1]
    return ordered if pen_up(ordered) < pen_up(original) else original
