"""Starts a run from the weights of another: other pictures, other labels, even another size.

Mo et al. 2020, "Freeze the Discriminator", section 3: with few pictures it helps to keep the first
layers of the discriminator as they are (``--train.freeze-discriminator``).
"""

from torch import Tensor, nn

from artgan.core.checkpoint import NETWORKS, read_tensors
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.core.state import TrainingState
from artgan.errors import RunError

LEAST_SHARE = 0.25
"""Share of the weights below which another run is no start."""


def find_base(path: str, weights: str, registry: Registry) -> TrainedRun:
    """Open the run to start from; ``weights`` is the SHA-256 its weights must have, or "".

    Raises:
        RunError: It is not there, has no checkpoint, or has changed since it was written down.
    """
    base = TrainedRun.open(path, registry)
    if weights and weights != base.checkpoint.sha256:
        raise RunError(
            f"run '{base.path}' has changed since: its best checkpoint holds other weights than "
            "those that were started from. Drop the key 'weights' to start from the new ones."
        )
    return base


def start_from(config: RunConfig, state: TrainingState, registry: Registry) -> float:
    """Copy the weights of the base run into a new state, wherever name and shape agree.

    Returns:
        The share of the weights that were taken.

    Raises:
        RunError: The base is gone or has changed, or next to nothing of it fits.
    """
    base = find_base(config.base, config.base_weights, registry)
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
