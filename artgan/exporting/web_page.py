"""A run's generator as one web page."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from artgan.base.marks import OF_A_MODEL, mark_packet
from artgan.base.paths import write_text
from artgan.base.templates import render
from artgan.core.run import TrainedRun
from artgan.exporting.graph import Graph, trace
from artgan.exporting.straight import with_straight_alpha
from artgan.latents.directions import latent_sefa

DIRECTIONS = 6
"""Directions that the page offers."""

LARGEST_HALF = 65504.0
"""Largest value of a 16-bit float."""


def export_web(run: TrainedRun, path: Path, *, keep_mark: bool = True) -> Path:
    """Write an .html page that runs the generator in a browser, without a server or network.

    The page draws latents as artgan does, so that a seed is the same picture there. Weights are
    stored as 16-bit floats. The mark goes into the pictures that are saved from the page.
    """
    config = run.config
    generator = run.generator.to("cpu")
    model = web_model(generator, config.label_weights, config.class_names)
    model["name"] = run.path.resolve().name
    packet = mark_packet(OF_A_MODEL) if keep_mark else b""
    model["mark"] = base64.b64encode(packet).decode("ascii")
    title = f"{model['name']} - artgan"
    write_text(path, render("exporting/page.html", title=title, model=model))
    return path


def web_model(
    generator: nn.Module, label_weights: Sequence[float], class_names: Sequence[str]
) -> dict[str, Any]:
    """Describe a trained generator on the CPU as plain values, weights in base64."""
    graph = trace(with_straight_alpha(generator), len(label_weights))
    names = class_names or [f"kind {i}" for i in range(len(label_weights))]
    constants, weights = _pack_constants(graph)
    directions = latent_sefa(generator, DIRECTIONS, len(label_weights))
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
