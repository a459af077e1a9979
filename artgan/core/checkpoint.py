"""Training state on disk: safetensors and a small JSON, written beside and renamed.

The JSON is written last; a safetensors file without one is what a crash left, and is ignored. The
JSON holds the SHA-256 of the tensors, so that damage is noticed before anything is loaded.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from artgan.base.paths import replacing, write_text
from artgan.base.tables import read_json
from artgan.base.tensors import load_tensors, save_file
from artgan.core.build import Parts
from artgan.core.config import RunConfig
from artgan.core.state import TrainingState
from artgan.errors import RunError, TrainingError

FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """A saved state, found on disk.

    Attributes:
        path: The safetensors file.
        step: Updates done.
        quality: Distance of samples from real pictures, smaller is better, or None.
        sha256: Of the safetensors file.
        architecture: Full name.
    """

    path: Path
    step: int
    quality: float | None
    sha256: str
    architecture: str


def stateful(parts: Parts) -> dict[str, Any]:
    """Return the parts that have state by name."""
    named: list[tuple[str, Any]] = [(p.name, p.part) for p in parts.penalties]
    named += [*parts.augmentations, ("update", parts.update), ("loss", parts.loss)]
    return {name: part for name, part in named if hasattr(part, "state_dict")}


def of_network(name: str) -> bool:
    """Tell whether a tensor of a checkpoint is a network's, rather than needed to train on."""
    owner = name.partition(".")[0]
    return owner != "part" and not owner.endswith("_optimizer")


def pack(state: TrainingState, parts: Parts | None = None) -> dict[str, Tensor]:
    """Collect everything that changes in training as named tensors."""
    tensors: dict[str, Tensor] = {}
    for name, network in state.saved.items():
        for key, value in network.state_dict().items():
            tensors[f"{name}.{key}"] = value
    for name, optimizer in state.optimizers.items():
        for index, entries in optimizer.state_dict()["state"].items():
            for key, value in entries.items():
                tensors[f"{name}_optimizer.{index}.{key}"] = torch.as_tensor(value)
    for name, part in stateful(parts).items() if parts else ():
        for key, value in part.state_dict().items():
            tensors[f"part.{name}.{key}"] = torch.as_tensor(value)
    # safetensors refuses shared or permuted memory: each tensor gets its own, in plain order.
    return {
        k: v.detach().cpu().clone(memory_format=torch.contiguous_format) for k, v in tensors.items()
    }


def save_checkpoint(
    folder: Path,
    state: TrainingState,
    parts: Parts,
    config: RunConfig,
    quality: float | None = None,
) -> Checkpoint:
    """Write the current state, either whole or not at all.

    Raises:
        TrainingError: A weight is not finite: such a state is not worth keeping.
    """
    tensors = pack(state, parts)
    for name, value in tensors.items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise TrainingError(
                f"training blew up at step {state.step}: '{name}' is not finite; the last good "
                "checkpoint is kept. Try lower rates (--train.generator-lr, "
                "--train.discriminator-lr) or --train.precision fp32."
            )
    path = folder / f"{state.step:06d}.safetensors"
    with replacing(path) as temporary:
        save_file(tensors, temporary)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    about = {
        "format": FORMAT,
        "step": state.step,
        "architecture": config.architecture.name,
        "quality": quality,
        "sha256": digest,
    }
    write_text(path.with_suffix(".json"), json.dumps(about, indent=1) + "\n")
    return Checkpoint(path, state.step, quality, digest, config.architecture.name)


class _About(msgspec.Struct):
    """What the JSON of a checkpoint holds."""

    format: Annotated[int, msgspec.Meta(ge=1)]
    step: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    quality: float | None
    sha256: str
    architecture: str


def read_about(path: Path) -> Checkpoint:
    """Read the JSON of a checkpoint.

    Raises:
        RunError: It is damaged or from a newer artgan.
    """
    about = read_json(path.with_suffix(".json"), _About, RunError, "checkpoint's file")
    if about.format > FORMAT:
        raise RunError(
            f"checkpoint '{path}' has format {about.format}, this artgan reads up to {FORMAT}; "
            "update artgan"
        )
    quality = about.quality
    if quality is not None and not 0 <= quality < math.inf:
        quality = None
    return Checkpoint(path, about.step, quality, about.sha256, about.architecture)


def list_checkpoints(folder: Path) -> list[Checkpoint]:
    """List whole checkpoints, oldest first."""
    paths = sorted(folder.glob("[0-9]*.safetensors"))
    return [read_about(path) for path in paths if path.with_suffix(".json").exists()]


def read_tensors(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """Read the tensors of a checkpoint; nothing in it can run code.

    Raises:
        RunError: The file is cut short or changed.
    """
    try:
        data = checkpoint.path.read_bytes()
    except OSError as error:
        raise RunError(
            f"checkpoint '{checkpoint.path}' cannot be read: {error.strerror}"
        ) from error
    if hashlib.sha256(data).hexdigest() != checkpoint.sha256:
        raise RunError(
            f"checkpoint '{checkpoint.path}' is damaged: its contents do not match the SHA-256 "
            "beside it. Delete it to go on from the one before."
        )
    try:
        return load_tensors(checkpoint.path)
    except SafetensorError as error:
        raise RunError(f"checkpoint '{checkpoint.path}' is not readable: {error}") from error


def load_network(network: nn.Module, tensors: Mapping[str, Tensor], name: str, path: Path) -> None:
    """Load the tensors of one network into it.

    Raises:
        RunError: They are of another architecture or of other options.
    """
    own = {k[len(name) + 1 :]: v for k, v in tensors.items() if k.startswith(name + ".")}
    try:
        network.load_state_dict(own)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:200]
        raise RunError(
            f"checkpoint '{path}' does not fit the networks of its run.toml (another architecture "
            f"or other options?): {first}"
        ) from error


def restore(checkpoint: Checkpoint, state: TrainingState, parts: Parts, config: RunConfig) -> None:
    """Load a checkpoint into ``state`` and into the parts that have state.

    Raises:
        RunError: It is damaged, or of another architecture.
    """
    if checkpoint.architecture != config.architecture.name:
        raise RunError(
            f"checkpoint '{checkpoint.path}' is of architecture '{checkpoint.architecture}', "
            f"the run is of '{config.architecture.name}'"
        )
    unpack(read_tensors(checkpoint), state, parts, checkpoint.path)
    state.step = checkpoint.step


def unpack(tensors: Mapping[str, Tensor], state: TrainingState, parts: Parts, path: Path) -> None:
    """Load what ``pack`` collected; ``path`` is what errors call it."""
    for name, network in state.saved.items():
        load_network(network, tensors, name, path)
    for name, optimizer in state.optimizers.items():
        _restore_optimizer(optimizer, f"{name}_optimizer", tensors)
    for name, part in stateful(parts).items():
        prefix = f"part.{name}."
        own = {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
        # Of a loss artgan 0.1 saved nothing, also where it is a module with buffers.
        if own or name != "loss":
            part.load_state_dict(own)


def _restore_optimizer(
    optimizer: torch.optim.Optimizer, name: str, tensors: Mapping[str, Tensor]
) -> None:
    saved = optimizer.state_dict()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    entries: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith(name + "."):
            index, field = key[len(name) + 1 :].split(".", 1)
            parameter = parameters[int(index)]
            if value.shape == parameter.shape:
                # Fused Adam walks both memories side by side: they must be laid out alike.
                value = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
            entries.setdefault(int(index), {})[field] = value
    saved["state"] = entries
    optimizer.load_state_dict(saved)
