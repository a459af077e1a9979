"""A training that is shared among processes: each computes some pictures of every batch.

What the batches hold, in which order, and all random numbers are functions of seed and step alone,
so that one process or eight train the same networks, up to rounding: sums over the pictures are
made in another order. Each process has all networks, and makes the same update from the sum of all
gradients.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from safetensors.torch import load, save
from torch import Tensor, nn

from artgan.core.build import Parts
from artgan.core.checkpoint import pack, unpack
from artgan.core.distributed import World
from artgan.core.state import TrainingState
from artgan.distribution.batch_norm import whole_batches
from artgan.distribution.draws import WholeDraws
from artgan.distribution.last_step import LastStep
from artgan.distribution.processes import Processes
from artgan.errors import ProcessError
from artgan.plugin.ranks import Rows, step

SIGNALS = 65
"""Places for a request to stop: by signal number, 0 for one without a signal."""


class Ranks(World):
    """This process among several that train together."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.rank, self.size = processes.launch.rank, processes.launch.size
        self._whole: Rows | None = None
        self._last = LastStep()
        self._requests = torch.zeros(SIGNALS)
        self._stops = self._left = False
        processes.rescue = lambda: self.rescue()

    @property
    def stops(self) -> bool:
        """Whether all processes end here: one of them was asked to, before or in this step."""
        return self._stops

    def share(self, state: TrainingState, parts: Parts) -> None:
        """Copy the state of the first process to all others."""
        # The first one may have failed to open its folder.
        self.processes.refuse("")
        data = None
        if self.leads:
            data = save({**pack(state, parts), "step": torch.tensor(state.step)})
        data = self.processes.send(data)
        if not self.leads:
            tensors = load(data)
            state.step = int(tensors.pop("step"))
            unpack(tensors, state, parts, Path("process 0"))

    @contextmanager
    def step(self, state: TrainingState, parts: Parts) -> Iterator[None]:
        """Keep the state of before the step, and let random numbers be those of the whole batch."""
        if self.leads:
            self._last.keep(state, parts)
        with WholeDraws(), whole_batches(*state.networks.values()):
            try:
                yield
            finally:
                step.rows = None
        asked = self._requests.nonzero().flatten().tolist()
        self._stops = bool(asked)
        self.signal = max(asked, default=0)

    def own(self, batch: int, parts: int) -> NDArray[np.int64]:
        """Return the places of the own pictures in a batch that is computed in so many parts."""
        pieces = [first + own for first, own, _ in self._pieces(batch, parts)]
        places = np.concatenate(pieces)
        self._whole = step.rows = self._rows(places, batch)
        return places

    def split(self, batch: int, parts: int) -> Iterator[tuple[float, slice]]:
        """Yield for each part its share of the batch, and where it is among the own pictures."""
        begin = 0
        for _, own, total in self._pieces(batch, parts):
            end = begin + len(own)
            step.rows = self._rows(own, total)
            yield len(own) / batch, slice(begin, end)
            begin = end

    def _pieces(self, batch: int, parts: int) -> Iterator[tuple[int, NDArray[np.int64], int]]:
        """Yield of each part its first place in the batch, the own places in it, and its size."""
        for _, place in super().split(batch, parts):
            total = place.stop - place.start
            first, last = (total * rank // self.size for rank in (self.rank, self.rank + 1))
            yield place.start, np.arange(first, last), total

    def _rows(self, places: NDArray[np.int64], total: int) -> Rows:
        return Rows(places, total, self._sum)

    def _sum(self, values: Tensor) -> Tensor:
        added: Tensor = _Sum.apply(values, self.processes)  # type: ignore[no-untyped-call]
        return added

    def combine(self, network: nn.Module, measured: dict[str, Tensor]) -> dict[str, Tensor]:
        """Add up the gradients of all processes, in place, and what they measured.

        All of it is one exchange, with the requests to stop at its end.
        """
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        asked = torch.zeros(SIGNALS)
        asked[self.signal if self.asked else 0] = float(self.asked)
        values = [value.float().reshape(1) for value in measured.values()]
        pieces = [*(gradient.flatten() for gradient in gradients), *values, asked]
        flat = torch.cat([piece.to(self.processes.device) for piece in pieces])
        sums = list(self.processes.add_up(flat).split([piece.numel() for piece in pieces]))
        self._requests = sums.pop()
        for gradient, total in zip(gradients, sums, strict=False):
            gradient.copy_(total.view_as(gradient))
        found = sums[len(gradients) :]
        return {name: value[0] for name, value in zip(measured, found, strict=True)}

    def gather(self, values: Tensor) -> Tensor:
        """Return the values (N, ...) of a whole batch, of which each process computed its own."""
        assert self._whole is not None
        whole = values.new_zeros(self._whole.total, *values.shape[1:])
        whole[torch.as_tensor(self._whole.places)] = values
        return self.processes.add_up(whole)

    def compare(self, state: TrainingState, parts: Parts) -> None:
        """Raise a ``ProcessError`` in all processes if their states differ."""
        found = hashlib.sha256()
        for name, value in sorted(pack(state, parts).items()):
            found.update(name.encode())
            found.update(value.reshape(-1).view(torch.uint8).numpy().data)
        self.processes.same(f"at step {state.step} the weights", found.hexdigest())

    def undo(self, state: TrainingState, parts: Parts) -> None:
        """Go back to the last whole step, after one that not all processes finished."""
        self._last.restore(state, parts)

    def leave(self, outcome: str) -> None:
        """End the work together, if all of it ended well."""
        if self._left:
            return
        self._left = True
        together = outcome == "finished" or (outcome == "interrupted" and self.stops)
        if together:
            with suppress(ProcessError):
                self.processes.hear("")
        self.processes.heartbeat.stop()
        if together:
            dist.destroy_process_group()


class _Sum(torch.autograd.Function):
    """Sums over processes; the gradient of a sum is the sum of the gradients."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, processes: Processes) -> Tensor:
        """Sum a tensor."""
        ctx.processes = processes
        return processes.add_up(values.clone(memory_format=torch.contiguous_format))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        """Sum its gradient."""
        return _Sum.apply(gradients[0], ctx.processes), None  # type: ignore[no-untyped-call]
