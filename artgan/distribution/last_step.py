"""The last step that all processes finished, to go back to if one of them is gone in the next.

A process is missed when gradients are added up. By then the discriminator may have moved, and what
networks and parts follow while they look at a batch; generator and its average move last.
"""

import torch
from torch import Tensor

from artgan.core.build import Parts
from artgan.core.checkpoint import stateful
from artgan.core.state import TrainingState


class LastStep:
    """A copy of what a step changes before its last exchange."""

    def __init__(self) -> None:
        self._step, self._moves = -1, False
        self._live: list[Tensor] = []
        self._copies: list[Tensor] = []
        self._parts: dict[str, dict[str, Tensor]] = {}

    def keep(self, state: TrainingState, parts: Parts) -> None:
        """Copy the state, into the same memory each time."""
        optimizer = state.discriminator_optimizer.state
        moments = [value for entry in optimizer.values() for value in entry.values()]
        live = [
            *state.discriminator.parameters(),
            *state.discriminator.buffers(),
            *state.generator.buffers(),
            *moments,
        ]
        with torch.no_grad():
            if len(live) != len(self._live):
                self._copies = [tensor.detach().clone() for tensor in live]
            else:
                torch._foreach_copy_(self._copies, live)
        self._live, self._step, self._moves = live, state.step, bool(moments)
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
        if not self._moves:
            # In the first step Adam had no moments yet.
            state.discriminator_optimizer.state.clear()
        for name, part in stateful(parts).items():
            part.load_state_dict(self._parts[name])
