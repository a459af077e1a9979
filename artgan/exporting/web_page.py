"""A run's generator as one web page."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from artgan.base.templates import render
from artgan.exporting.graph import Graph, trace
from artgan.exporting.straight import with_straight_alpha
from artgan.latents.directions import latent_sefa
from artgan.plugin.exports import TrainedGenerator

DIRECTIONS = 6
"""Directions that a page offers, if nothing else is asked for."""

LARGEST_HALF = 65504.0
"""Largest value of a 16-bit float."""


def export_web(generator: TrainedGenerator, options: Any, path: Path) -> None:
    """Write an .html page that runs the generator in a browser, without a server or network.

    The page draws latents as artgan does, so that a seed is the same picture there. Weights are
    stored as 16-bit floats. The mark goes into the pictures that are saved from the page.
    """
    model = web_model(
        generator.network, generator.label_weights, generator.class_names, options.directions
    )
    model["name"] = generator.name
    model["mark"] = base64.b64encode(generator.mark).decode("ascii")
    title = f"{model['name']} - artgan"
    page = render("exporting/page.html", title=title, model=model)
    path.write_text(page, encoding="utf-8", errors="backslashreplace")


def web_model(
    generator: nn.Module,
    label_weights: Sequence[float],
    class_names: Sequence[str],
    count: int = DIRECTIONS,
) -> dict[str, Any]:
    """Describe a trained generator on the CPU as plain values, weights in base64.

    ``count`` is how many directions the page offers.
    """
    graph = trace(with_straight_alpha(generator), len(label_weights))
    names = class_names or [f"kind {i}" for i in range(len(label_weights))]
    constants, weights = _pack_constants(graph)
    directions = latent_sefa(generator, count, len(label_weights))
    # The page moves along directions only where all values of a latent are one vector.
    offered = directions if directions.ndim == 2 else directions[:0]
    return {
        "format": 1,
        "latent_shape": list(generator.latent_shape),  # type: ignore[arg-type]
        "label_weights": list(label_weights),
        "label_names": list(names),
        "inputs": graph.inputs,
        "output": graph.output,
        "operations": graph.operations,
        "constants": constants,
        "directions": [[round(float(v), 5) for v in row] for row in offered],
        "weights": weights,
    }


def _pack_constants(graph: Graph) -> tuple[list[dict[str, Any]], str]:
    """Return the place of each constant, and all of them as base64 of 16-bit floats."""
    entries, pieces, start = [], [], 0
    for number, value in graph.constants.items():
        entries.append({"number": number, "shape": list(value.shape), "start": start})
        half = value.clamp(-LARGEST_HALF, LARGEST_HALF).half().flatten().numpy()
        pieces.append(half.astype("<f2").tobytes())
        start += value.numel()
    return entries, base64.b64encode(b"".join(pieces)).decode("ascii")
