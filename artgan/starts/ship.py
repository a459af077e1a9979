"""Makes a start of a run: its weights in float16, and the TOML that declares it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from artgan.base.tables import toml_text
from artgan.core.checkpoint import read_tensors
from artgan.core.run import TrainedRun
from artgan.datasets.find import open_again
from artgan.errors import RunError
from artgan.starts.nearness import picture_features

LARGEST_HALF = 65504.0


@dataclass(frozen=True)
class StartFacts:
    """What a start says of itself; see ``artgan.plugin.Start``."""

    name: str
    summary: str
    licence: str
    authors: Sequence[str] = ()
    trained_on: Sequence[str] = ()


def start_weights(run: TrainedRun) -> bytes:
    """Return the file of weights: the averaged generator, the discriminator, and features.

    Raises:
        RunError: A weight is too large for float16.
        ArtganError: The run's pictures are gone; their features are needed.
    """
    tensors = read_tensors(run.checkpoint)
    kept: dict[str, Tensor] = {}
    for before, after in (("generator_ema.", "generator."), ("discriminator.", "discriminator.")):
        for key, value in tensors.items():
            if key.startswith(before):
                kept[after + key.removeprefix(before)] = _halved(value, key)
    table = open_again(run.config, run.registry, run.folder)
    kept["features"] = picture_features(table.images).half()
    return save(kept)


def _halved(value: Tensor, name: str) -> Tensor:
    if not value.is_floating_point():
        return value
    if not bool((value.abs() < LARGEST_HALF).all()):
        raise RunError(f"weights '{name}' are too large for float16; train the run with less")
    return value.to(torch.float16).contiguous()


def start_toml(facts: StartFacts, runs: Sequence[tuple[str, TrainedRun]]) -> str:
    """Write the TOML of a start; ``runs`` are (name of the file of weights, run), of one network.

    Raises:
        RunError: The runs are of different architectures.
    """
    names = {run.config.architecture.name for _, run in runs}
    if len(names) > 1:
        raise RunError(f"a start has one architecture, not several: {', '.join(sorted(names))}")
    tree: dict[str, Any] = {
        "name": facts.name,
        "summary": facts.summary,
        "architecture": names.pop(),
        "licence": facts.licence,
        "authors": list(facts.authors),
        "trained-on": list(facts.trained_on),
        "weights": [_weights_table(file, run) for file, run in runs],
    }
    return toml_text(tree)


def _weights_table(file: str, run: TrainedRun) -> dict[str, Any]:
    config = run.config
    facts = {"height": config.height, "width": config.width, "channels": config.channels}
    labels = {"classes": config.classes} if config.classes else {}
    return {"file": file, **facts, **labels, "options": dict(config.architecture.options)}


def run_facts(run: TrainedRun, name: str) -> StartFacts:
    """Describe a start made of a run, for its author to complete."""
    declared = run.registry.find("dataset", run.config.dataset.name).declaration
    source = Path(run.config.path).name or declared.name
    size = f"{run.config.width}x{run.config.height}"
    credit = f", {declared.attribution}" if declared.attribution else ""
    return StartFacts(
        name,
        f"Trained on {source}, {size}.",
        "MIT",
        trained_on=(f"{source} ({declared.licence}{credit})",),
    )
