"""A run's generator for other programs: ONNX, or one web page."""

import base64
import html
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from artgan.base.paths import write_text
from artgan.core.run import TrainedRun
from artgan.exporting.graph import Graph, trace

DIRECTIONS = 6

LARGEST_HALF = 65504.0


def export_web(run: TrainedRun, path: Path) -> Path:
    """Write a page that runs the generator in a browser, without a server or network.

    The page draws latents as artgan does, so that a seed is the same picture there. Weights are
    kept as 16-bit floats.

    Args:
        run: A trained run.
        path: The .html file.

    Raises:
        PluginError: The generator holds an operation that the page cannot compute.
    """
    config = run.config
    generator = run.generator.to("cpu")
    model = web_model(generator, config.label_weights, config.class_names)
    model["name"] = run.path.resolve().name
    text = files("artgan.exporting").joinpath("page.html").read_text(encoding="utf-8")
    parts = {
        "__TITLE__": html.escape(f"{model['name']} - artgan"),
        "__SEED_NOTE__": html.escape(f"7 here is seed 7 of artgan sample {run.path.name}"),
        "__RUNTIME__": files("artgan.exporting").joinpath("runtime.js").read_text(encoding="utf-8"),
        "__MODEL__": json.dumps(model).replace("</", "<\\/"),
    }
    for mark, part in parts.items():
        text = text.replace(mark, part)
    write_text(path, text)
    return path


def web_model(
    generator: nn.Module, label_weights: Sequence[float], class_names: Sequence[str]
) -> dict[str, Any]:
    """Give the generator as plain values, weights in base64.

    Args:
        generator: Trained, on the CPU.
        label_weights: How often samples draw each label; empty without labels.
        class_names: Names of the labels, or () where they have none.
    """
    graph = trace(generator, len(label_weights))
    names = class_names or [f"kind {i}" for i in range(len(label_weights))]
    constants, weights = _packed(graph)
    return {
        "format": 1,
        "latent_shape": list(generator.latent_shape),  # type: ignore[arg-type]
        "label_weights": list(label_weights),
        "label_names": list(names),
        "inputs": graph.inputs,
        "output": graph.output,
        "operations": graph.operations,
        "constants": constants,
        "directions": [[round(float(v), 5) for v in row] for row in directions(generator)],
        "weights": weights,
    }


def _packed(graph: Graph) -> tuple[list[dict[str, Any]], str]:
    """Give where each constant lies, and all of them as base64 of 16-bit floats."""
    entries, pieces, start = [], [], 0
    for number, value in graph.constants.items():
        entries.append({"number": number, "shape": list(value.shape), "start": start})
        half = value.clamp(-LARGEST_HALF, LARGEST_HALF).half().flatten().numpy()
        pieces.append(half.astype("<f2").tobytes())
        start += value.numel()
    return entries, base64.b64encode(b"".join(pieces)).decode("ascii")


def directions(generator: nn.Module, count: int = DIRECTIONS) -> Tensor:
    """Find the latent directions (K, Z) that change pictures most.

    They are the right singular vectors of the first dense layer; none where there is no such layer.
    SeFa: Shen and Zhou 2021, "Closed-Form Factorization of Latent Semantics in GANs", section 3.
    """
    shape: tuple[int, ...] = generator.latent_shape  # type: ignore[assignment]
    if len(shape) != 1:
        return torch.zeros(0, *shape)
    for layer in generator.modules():
        if isinstance(layer, nn.Linear) and layer.in_features == shape[0]:
            axes = torch.linalg.svd(layer.weight.detach().double(), full_matrices=False).Vh[:count]
            # The largest part of an axis points up, so that its sign is the same everywhere.
            signs = axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
            found: Tensor = (axes * signs).float()
            return found
    return torch.zeros(0, *shape)
