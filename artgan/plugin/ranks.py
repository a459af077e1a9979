"""What a part sees of a batch that several processes compute together (torch).

Each process computes some pictures of every batch. Most parts need not know: numbers that they draw
with torch, one row for each picture, are those of the whole batch, of which a process gets its own
rows. A part that looks at several pictures at once (batch statistics, a running mean) gathers the
others'. In a process that trains alone all of this does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Rows:
    """The pictures of a batch, or of a part of one, that this process computes.

    Attributes:
        places: Their places in the whole, rising.
        total: How many pictures the whole has.
        add_up: Sums a tensor over all processes; gradients pass through it.
    """

    places: NDArray[np.int64]
    total: int
    add_up: Callable[[Tensor], Tensor]


@dataclass
class OwnStep:
    """The step that goes on in this process, and the rows that it computes now.

    Plain and global, as a compiler can follow it.
    """

    rows: Rows | None = None


step = OwnStep()


def gather(values: Tensor) -> Tensor:
    """Return the values (M, ...) of all pictures of a batch, given those of the own (N, ...).

    Gradients pass through it. All processes must call it, in the same order. Where real pictures
    and fakes lie one after the other, so do they in the result.
    """
    rows = step.rows
    if rows is None:
        return values
    empty = values.new_zeros(rows.total, *values.shape[1:])
    index, pieces = _index(rows, values), values.split(len(rows.places))
    return torch.cat([rows.add_up(empty.index_copy(0, index, piece)) for piece in pieces])


def own(values: Tensor, dim: int = 0) -> Tensor:
    """Return the values of the own pictures, given those of the whole batch along ``dim``."""
    rows = step.rows
    if rows is None:
        return values
    index, pieces = _index(rows, values), values.split(rows.total, dim)
    return torch.cat([piece.index_select(dim, index) for piece in pieces], dim)


def draw(random: Callable[..., Tensor], *shape: int, dim: int = 0, **more: Any) -> Tensor:
    """Draw random numbers for pictures that lie along ``dim`` of the shape.

    ``draw(torch.randn, 3, len(images), dim=1)`` gives a picture the same numbers however many
    processes share the batch; where the pictures come first, torch's functions do so by themselves.
    """
    rows = step.rows
    if rows is None:
        return random(*shape, **more)
    whole = list(shape)
    whole[dim] = shape[dim] // len(rows.places) * rows.total
    step.rows = None
    try:
        drawn = random(*whole, **more)
    finally:
        step.rows = rows
    return own(drawn, dim)


def _index(rows: Rows, like: Tensor) -> Tensor:
    return torch.as_tensor(rows.places, device=like.device)
