"""The last step that all processes finished, to go back to if one of them is gone in the next.

A process is missed when gradients are added up. By then some networks may have moved, and what
networks and parts follow while they look at a batch; averages move last.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from artgan.core.build import Parts
from artgan.core.checkpoint import stateful
from artgan.core.state import TrainingState


class LastStep:
    """A copy of what a step changes before its last exchange."""

    def __init__(self) -> None:
        self._step, self._still = -1, list[str]()
        self._live: list[Tensor] = []
        self._copies: list[Tensor] = []
        self._parts: dict[str, dict[str, Tensor]] = {}

    def keep(self, state: TrainingState, parts: Parts) -> None:
        """Copy the state, into the same memory each time."""
        live = [
            tensor
            for name, network in state.networks.items()
            for tensor in (
                *network.parameters(),
                *network.buffers(),
                *_moments(state.optimizers[name]),
            )
        ]
        with torch.no_grad():
            if len(live) != len(self._live):
                self._copies = [tensor.detach().clone() for tensor in live]
            else:
                torch._foreach_copy_(self._copies, live)
        self._live, self._step = live, state.step
        self._still = [name for name, each in state.optimizers.items() if not each.state]
        self._parts = {
            name: {key: torch.as_tensor(value).clone() for key, value in part.state_dict().items()}
            for name, part in stateful(parts).items()
        }

    def restore(self, state: TrainingState, parts: Parts) -> None:
        """Go back, unless the step was finished."""
        if state.step != self._step:
            return
        with torch.no_grad():
            torch._foreach_copy_(self._live, self._copies)
        for name in self._still:
            # In the first step an optimizer had no moments yet.
            state.optimizers[name].state.clear()
        for name, part in stateful(parts).items():
            part.load_state_dict(self._parts[name])


def _moments(optimizer: torch.optim.Optimizer) -> Iterator[Tensor]:
    """Yield the tensors that an optimizer remembers."""
    for entry in optimizer.state.values():
        yield from (value for value in entry.values() if isinstance(value, Tensor))
