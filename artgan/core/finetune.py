"""Starts a run from the weights of another: other pictures, other labels, even another size.

Mo et al. 2020, "Freeze the Discriminator", section 3: with few pictures it helps to keep the first
layers of the discriminator as they are (``--train.freeze-discriminator``).
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from artgan.core.checkpoint import NETWORKS, read_tensors
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.core.run import Run, load_run
from artgan.core.train import TrainingState
from artgan.errors import OptionError, RunError

LEAST_SHARE = 0.25
"""Share of the weights below which another run is no start."""


def find_base(given: Mapping[str, Any], registry: Registry) -> Run:
    """Open the run to start from.

    Raises:
        RunError: It is not there, has no checkpoint, or has changed since it was written down.
    """
    base = load_run(given["run"], registry)
    wanted = given.get("weights")
    if wanted and wanted != base.checkpoint.sha256:
        raise RunError(
            f"run '{base.path}' has changed since: its best checkpoint holds other weights than "
            "those that were started from. Drop the key 'weights' to start from the new ones."
        )
    return base


def like_base(settings: Mapping[str, Any], base: Run) -> dict[str, Any]:
    """Give settings with the base's networks, pictures and size where nothing else is asked for."""
    config = base.config
    given = dict(settings.get("architecture", {}))
    wanted = given.get("name", config.architecture.name)
    if wanted not in (config.architecture.name, config.architecture.name.rpartition("/")[2]):
        raise OptionError(
            f"run '{base.path}' is of architecture '{config.architecture.name}'; its weights do "
            f"not fit '{wanted}'"
        )
    networks = {**config.architecture.options, **given, "name": config.architecture.name}
    merged = {**settings, "architecture": networks}
    if not settings.get("dataset", {}).get("name"):
        pictures = {"name": config.dataset.name, **config.dataset.options}
        path = {"path": config.path} if config.path else {}
        merged["dataset"] = {**pictures, **path, **settings.get("dataset", {})}
    if not settings.get("size"):
        merged["size"] = f"{config.width}x{config.height}"
    return merged


def start_from(config: RunConfig, state: TrainingState, registry: Registry) -> float:
    """Put the weights of the base into the state of step 0, wherever name and shape agree.

    Returns:
        The share of the weights that were taken.

    Raises:
        RunError: The base is gone or has changed, or next to nothing of it fits.
    """
    base = find_base({"run": config.base, "weights": config.base_weights}, registry)
    tensors = read_tensors(base.checkpoint)
    taken = total = 0
    for name in NETWORKS:
        network: nn.Module = getattr(state, name)
        for key, value in network.state_dict().items():
            found: Tensor | None = tensors.get(f"{name}.{key}")
            total += value.numel()
            if found is not None and found.shape == value.shape:
                value.copy_(found)
                taken += value.numel()
    share = taken / max(1, total)
    if share < LEAST_SHARE:
        raise RunError(
            f"only {share:.0%} of the weights of '{base.path}' fit these networks; use the same "
            "options (artgan info shows them) and a near size"
        )
    return share
