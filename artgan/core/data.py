"""Real pictures: one array in memory or on disk, and batches that depend only on the step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.seeding import key
from artgan.errors import ArtganError, DataError, PluginError

if TYPE_CHECKING:
    import torch

LARGEST_IN_MEMORY = 4 * 2**30
FEWEST_HELD_OUT = 16
MOST_HELD_OUT = 256


@dataclass(frozen=True)
class ImageTable:
    """All pictures of a run, decoded.

    Attributes:
        images: uint8 (N, H, W, C), C in 1, 3, 4; perhaps memory-mapped.
        labels: int64 (N,) from 0, or None.
        class_names: Names of the labels.
        vary: Random change of a real batch (N, C, H, W) in [-1, 1], or None.
        premultiplied: Whether batches of RGBA have their colours multiplied by alpha.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    vary: "Callable[[torch.Tensor], torch.Tensor] | None" = None
    premultiplied: bool = False

    @property
    def count(self) -> int:
        """Number of pictures."""
        return len(self.images)

    @property
    def classes(self) -> int:
        """Number of labels, 0 for none."""
        if self.labels is None:
            return 0
        return max(len(self.class_names), int(self.labels.max()) + 1)


def read_table(source: Any, where: str) -> ImageTable:
    """Read an opened dataset (``artgan.plugin.ImageSource``) into one table.

    ``where`` is what errors call it.

    Raises:
        PluginError: It broke its contract.
    """
    try:
        images, labels = getattr(source, "images", None), getattr(source, "labels", None)
        if images is None:
            images, labels = _gather(source, where)
        images = np.asanyarray(images)
    except ArtganError:
        raise
    # The plugin boundary: the user must learn whose pictures could not be read.
    except Exception as error:
        raise PluginError(f"{where}: its pictures cannot be read: {_reason(error)}") from error
    if images.ndim != 4 or images.dtype != np.uint8 or images.shape[3] not in (1, 3, 4):
        raise PluginError(
            f"{where} gave images of shape {images.shape} and type {images.dtype}; expected uint8 "
            "(N, H, W, C) with C 1, 3 or 4"
        )
    if not len(images):
        raise DataError(f"{where} holds no pictures")
    if labels is not None:
        labels = np.asarray(labels, dtype=np.int64)
        if labels.shape != (len(images),) or labels.min() < 0:
            raise PluginError(f"{where}: labels must be whole numbers from 0, one for each picture")
    names = tuple(str(name) for name in getattr(source, "class_names", None) or ())
    return ImageTable(images, labels, names, getattr(source, "vary", None))


def _gather(source: Any, where: str) -> tuple[NDArray[np.uint8], list[int] | None]:
    images, labels = [], []
    for index in range(len(source)):
        item = source[index]
        image, label = item if isinstance(item, tuple) else (item, None)
        images.append(np.asarray(image))
        labels.append(label)
        if images[-1].shape != images[0].shape or (label is None) != (labels[0] is None):
            raise PluginError(
                f"{where}: picture {index} has shape {images[-1].shape} and label {label}, picture "
                f"0 shape {images[0].shape} and label {labels[0]}; all must be of one size, and "
                "all have a label or none"
            )
    if not images:
        raise DataError(f"{where} holds no pictures")
    return np.stack(images), None if labels[0] is None else [int(label) for label in labels]


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def split(count: int, share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split picture indices into (held out, shown), both sorted; none are held out if too few."""
    held = min(MOST_HELD_OUT, int(share * count))
    if held < FEWEST_HELD_OUT:
        held = 0
    order = np.random.Generator(np.random.PCG64(key(seed, "holdout"))).permutation(count)
    return np.sort(order[:held]), np.sort(order[held:])


class Batches:
    """Batches of real pictures that depend on (seed, step) alone, always full.

    The pictures are read in epochs, each a permutation keyed on the seed and the epoch; a batch
    may straddle two epochs. A set smaller than the batch is repeated within it.

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

        self.table, self.batch, self.seed, self.device = table, batch, seed, device
        self.held_out, self.shown = split(table.count, holdout, seed)
        self._epochs: dict[int, NDArray[np.int64]] = {}
        self._resident: torch.Tensor | None = None
        if device.type != "cpu" and table.images.nbytes <= LARGEST_IN_MEMORY:
            self._resident = torch.from_numpy(np.array(table.images)).to(device)

    def indices(self, draw: int) -> NDArray[np.int64]:
        """Return the indices (B,) of batch number ``draw``."""
        start = draw * self.batch
        places = np.arange(start, start + self.batch)
        epochs, inside = np.divmod(places, len(self.shown))
        return np.array([self._epoch(int(e))[i] for e, i in zip(epochs, inside, strict=True)])

    def _epoch(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._epochs:
            rng = np.random.Generator(np.random.PCG64(key(self.seed, "order", epoch)))
            self._epochs = {e: p for e, p in self._epochs.items() if e >= epoch - 1}
            self._epochs[epoch] = rng.permutation(self.shown)
        return self._epochs[epoch]

    def get(self, draw: int) -> "tuple[torch.Tensor, torch.Tensor | None]":
        """Return batch number ``draw`` as ``at`` does."""
        return self.at(self.indices(draw))

    def at(self, chosen: NDArray[np.int64]) -> "tuple[torch.Tensor, torch.Tensor | None]":
        """Return images (N, C, H, W) in [-1, 1], channels last, and labels (N,) or None."""
        import torch

        from artgan.base.premultiply import premultiply

        if self._resident is not None:
            raw = self._resident[torch.from_numpy(chosen).to(self.device)]
        else:
            raw = torch.from_numpy(self.table.images[chosen]).to(self.device)
        images = raw.permute(0, 3, 1, 2).float().mul_(1 / 127.5).sub_(1)
        images = premultiply(images) if self.table.premultiplied else images
        if self.table.labels is None:
            return images, None
        return images, torch.from_numpy(self.table.labels[chosen]).to(self.device)
