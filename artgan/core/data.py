"""Real pictures: one array, or a supply that is read when needed; batches depend on the step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from artgan.base.seeding import key

if TYPE_CHECKING:
    import torch

LARGEST_IN_MEMORY = 4 * 2**30
AHEAD = 4
"""Batches that a supply is asked for before they are needed."""
FEWEST_HELD_OUT = 16
MOST_HELD_OUT = 256


class Order(Protocol):
    """Tells which picture stands at which place of a training.

    Attributes:
        shown: Indices of the pictures that batches are drawn from; len, slices and arrays work.
        held_out: Indices (H,) of those that never are.
    """

    shown: Any
    held_out: NDArray[np.int64]

    def at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices (N,) of the pictures at places (N,)."""

    def expect(self, places: NDArray[np.int64]) -> None:
        """Let the pictures at places be read, which will be needed soon."""


class Supply(Protocol):
    """A set that is not in memory; ``count`` is how many pictures it has."""

    count: int

    def arrange(self, seed: int, holdout: float) -> Order:
        """Return the order in which a run reads it."""

    def read(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64] | None]:
        """Return the pictures (N, H, W, C) and labels (N,) of indices (N,)."""


@dataclass(frozen=True)
class ImageTable:
    """All pictures of a run, decoded, or some of them and a supply of all.

    Attributes:
        images: uint8 (N, H, W, C), C in 1, 3, 4; perhaps memory-mapped. A sample if ``supply``.
        labels: int64 (N,) from 0, or None.
        class_names: Names of the labels; all of them if ``supply``.
        vary: Random change of a real batch (N, C, H, W) in [-1, 1], or None.
        premultiplied: Whether batches of RGBA have their colours multiplied by alpha.
        supply: Reads all pictures when they are needed; None where ``images`` holds them.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    vary: "Callable[[torch.Tensor], torch.Tensor] | None" = None
    premultiplied: bool = False
    supply: Supply | None = None

    @property
    def count(self) -> int:
        """Number of pictures."""
        return self.supply.count if self.supply else len(self.images)

    @property
    def classes(self) -> int:
        """Number of labels, 0 for none."""
        if self.labels is None:
            return 0
        return max(len(self.class_names), int(self.labels.max()) + 1)


def split(count: int, share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split picture indices into (held out, shown), both sorted; none are held out if too few."""
    held = min(MOST_HELD_OUT, int(share * count))
    if held < FEWEST_HELD_OUT:
        held = 0
    order = np.random.Generator(np.random.PCG64(key(seed, "holdout"))).permutation(count)
    return np.sort(order[:held]), np.sort(order[held:])


class Epochs:
    """The order of pictures in memory: each epoch a permutation keyed on the seed and the epoch."""

    def __init__(self, count: int, seed: int, holdout: float) -> None:
        self.held_out, self.shown = split(count, holdout, seed)
        self.seed = seed
        self._epochs: dict[int, NDArray[np.int64]] = {}

    def at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices (N,) of the pictures at places (N,)."""
        epochs, inside = np.divmod(places, len(self.shown))
        return np.array([self._epoch(int(e))[i] for e, i in zip(epochs, inside, strict=True)])

    def _epoch(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._epochs:
            rng = np.random.Generator(np.random.PCG64(key(self.seed, "order", epoch)))
            self._epochs = {e: p for e, p in self._epochs.items() if e >= epoch - 1}
            self._epochs[epoch] = rng.permutation(self.shown)
        return self._epochs[epoch]

    def expect(self, places: NDArray[np.int64]) -> None:
        """Do nothing: they are there."""


class Batches:
    """Batches of real pictures that depend on (seed, step) alone, always full.

    The pictures are read in epochs; a batch may straddle two epochs. A set smaller than the batch
    is repeated within it.

    Attributes:
        shown: Indices of the pictures that batches are drawn from.
        held_out: Indices of those that never are.
    """

    def __init__(
        self,
        table: ImageTable,
        batch: int,
        seed: int,
        device: "torch.device",
        *,
        holdout: float = 0.0,
    ) -> None:
        import torch

        self.table, self.batch, self.device = table, batch, device
        supply = table.supply
        self._order: Order = (
            supply.arrange(seed, holdout) if supply else Epochs(table.count, seed, holdout)
        )
        self.held_out, self.shown = self._order.held_out, self._order.shown
        self._expected = -1
        self._resident: torch.Tensor | None = None
        if device.type != "cpu" and not supply and table.images.nbytes <= LARGEST_IN_MEMORY:
            self._resident = torch.from_numpy(np.array(table.images)).to(device)

    def indices(self, draw: int) -> NDArray[np.int64]:
        """Return the indices (B,) of batch number ``draw``."""
        return self._order.at(draw * self.batch + np.arange(self.batch))

    def get(self, draw: int) -> "tuple[torch.Tensor, torch.Tensor | None]":
        """Return batch number ``draw`` as ``at`` does."""
        return self.own(draw, np.arange(self.batch))

    def own(
        self, draw: int, places: NDArray[np.int64]
    ) -> "tuple[torch.Tensor, torch.Tensor | None]":
        """Return what stands at places of batch ``draw``; the next batches are read meanwhile."""
        for later in range(max(self._expected + 1, draw), draw + AHEAD + 1):
            self._order.expect(later * self.batch + places)
            self._expected = later
        return self.at(self._order.at(draw * self.batch + places))

    def at(self, chosen: NDArray[np.int64]) -> "tuple[torch.Tensor, torch.Tensor | None]":
        """Return images (N, C, H, W) in [-1, 1], channels last, and labels (N,) or None."""
        import torch

        from artgan.base.premultiply import premultiply

        table, labels = self.table, None
        if table.supply:
            pixels, labels = table.supply.read(chosen)
        elif table.labels is not None:
            labels = table.labels[chosen]
        if self._resident is not None:
            raw = self._resident[torch.from_numpy(chosen).to(self.device)]
        else:
            raw = moved(pixels if table.supply else table.images[chosen], self.device)
        images = raw.permute(0, 3, 1, 2).float().mul_(1 / 127.5).sub_(1)
        images = premultiply(images) if table.premultiplied else images
        return images, None if labels is None else moved(labels, self.device)


def moved(array: NDArray[Any], device: "torch.device") -> "torch.Tensor":
    """Copy an array to a device; to a GPU from pinned memory, while it computes."""
    import torch

    tensor = torch.from_numpy(array)
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
