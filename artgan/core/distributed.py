"""What a training asks of the processes that share it; ``artgan.distribution`` has several."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan.core.build import Parts
from artgan.core.state import TrainingState


class World:
    """A process that trains alone: it computes the whole of every batch.

    Attributes:
        rank: Number of this process among ``size``.
        asked: Set it to end all processes after the current step, saved.
        signal: Number of the signal because of which, or 0.
        rescue: Called if another process is gone: saves, and says so in a sentence.
    """

    rank, size, asked, signal = 0, 1, False, 0
    rescue: Callable[[], str] = lambda: ""

    @property
    def leads(self) -> bool:
        """Whether this process writes files and talks to the user."""
        return self.rank == 0

    @property
    def stops(self) -> bool:
        """Whether all processes end here: they agree on the step."""
        return self.asked

    def share(self, state: TrainingState, parts: Parts) -> None:
        """Copy the state of the first process to all others."""

    def step(self, state: TrainingState, parts: Parts) -> AbstractContextManager[Any]:
        """Hold what one step needs."""
        return nullcontext()

    def own(self, batch: int, parts: int) -> NDArray[np.int64]:
        """Return the places of the own pictures in a batch that is computed in so many parts."""
        return np.arange(batch)

    def split(self, batch: int, parts: int) -> Iterator[tuple[float, slice]]:
        """Yield for each part its share of the batch, and where it is among the own pictures."""
        size = -(-batch // parts)
        for first in range(0, batch, size):
            last = min(first + size, batch)
            yield (last - first) / batch, slice(first, last)

    def combine(self, network: nn.Module, measured: dict[str, Tensor]) -> dict[str, Tensor]:
        """Add up the gradients of all processes, in place, and what they measured."""
        return measured

    def gather(self, values: Tensor) -> Tensor:
        """Return the values (N, ...) of a whole batch, of which each process computed its own."""
        return values

    def compare(self, state: TrainingState, parts: Parts) -> None:
        """Raise a ``ProcessError`` if the states of the processes differ."""

    def undo(self, state: TrainingState, parts: Parts) -> None:
        """Go back to the last whole step, after one that not all processes finished."""

    def leave(self, outcome: str) -> None:
        """End the work together."""
