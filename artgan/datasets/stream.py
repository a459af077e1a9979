"""Draws batches from a source that only iterates, through a window of pictures that wait.

Each picture that is drawn, at a random place of the window, makes room for the next of the source.
So neighbours in the source are spread over about as many pictures as the window holds, not further.
"""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.permutation import Numbers
from artgan.base.seeding import key
from artgan.datasets.items import Pixels, check_shape, split_item, unlike
from artgan.errors import DataError, PictureError

WINDOW = 4096
"""Pictures that wait, at most."""

WINDOW_BYTES = 512 * 2**20

Item = tuple[Pixels, int | None]

Labels = NDArray[np.int64] | None


def open_stream(source: Any, where: str) -> tuple[Pixels, Labels, "StreamSupply | None"]:
    """Read the first pictures of a source; return them, their labels, and a supply of the others.

    There is no supply if the source has ended by then.
    """
    coming = _items(source, where)
    first = next(coming, None)
    if first is None:
        raise DataError(f"{where} holds no pictures")
    size = max(1, min(WINDOW, WINDOW_BYTES // max(1, first[0].nbytes)))
    window = [first, *islice(coming, size - 1)]
    after = next(coming, None)
    images, labels = _stacked(window, where)
    return images, labels, None if after is None else StreamSupply(source, where, window)


def _items(source: Any, where: str) -> Iterator[Item]:
    """Yield the items of a source from its beginning, without those that are damaged."""
    first: Item | None = None
    iterator = iter(source)
    for index in range(1 << 62):
        try:
            item = split_item(next(iterator))
        except StopIteration:
            return
        except PictureError:
            continue
        first = first or item
        if item[0].shape != first[0].shape or (item[1] is None) != (first[1] is None):
            raise unlike(where, index, item, first)
        yield item


def _stacked(items: list[Item], where: str) -> tuple[Pixels, Labels]:
    images = np.stack([image for image, _ in items])
    check_shape(images.shape, images.dtype, where)
    labels = [label for _, label in items if label is not None]
    return images, np.array(labels, np.int64) if labels else None


class StreamSupply:
    """Pictures of a source that only iterates.

    Indices below ``count`` are the first window, which stays as it was; from there on they count
    what is drawn.
    """

    def __init__(self, source: Any, where: str, window: list[Item]) -> None:
        self.source, self.where, self.window = source, where, window
        self.count = len(window)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="artgan-read")
        self._waiting: OrderedDict[bytes, Future[list[Item]]] = OrderedDict()
        self._begin(0)

    def _begin(self, seed: int) -> None:
        """Start at the first picture again, once nothing is drawn any more."""
        for future in self._waiting.values():
            if not future.cancel():
                future.exception()
        self._seed, self._next = seed, -1
        self._inside = list(self.window)
        # The window has the first ones.
        self._coming: Iterator[Item] = islice(_items(self.source, self.where), self.count, None)
        self._waiting.clear()

    def arrange(self, seed: int, holdout: float) -> "StreamOrder":
        """Begin to draw anew; none are held out."""
        self._begin(seed)
        return StreamOrder(self)

    def expect(self, chosen: Numbers) -> None:
        """Begin to draw the pictures with indices (N,)."""
        self._waiting[chosen.tobytes()] = self._pool.submit(self._draw, chosen)

    def read(self, chosen: Numbers) -> tuple[Pixels, Labels]:
        """Return the pictures (N, H, W, C) and labels (N,) of indices (N,)."""
        if chosen.max() < self.count:
            return _stacked([self.window[index] for index in chosen], self.where)
        begun = self._waiting.pop(chosen.tobytes(), None)
        begun = begun or self._pool.submit(self._draw, chosen)
        return _stacked(begun.result(), self.where)

    def _draw(self, chosen: Numbers) -> list[Item]:
        """Draw up to the last of the indices, which rise; the first call says where that begins."""
        if self._next < 0 or int(chosen[0]) < self._next:
            self._next = int(chosen[0])
        wanted, found = set(chosen.tolist()), []
        for number in range(self._next, int(chosen[-1]) + 1):
            place = key(self._seed, "stream", number) % self.count
            if number in wanted:
                found.append(self._inside[place])
            self._inside[place] = self._following()
        self._next = int(chosen[-1]) + 1
        return found

    def _following(self) -> Item:
        item = next(self._coming, None)
        if item is None:
            self._coming = _items(self.source, self.where)
            item = next(self._coming)
        return item


class StreamOrder:
    """The order of a stream: as its pictures come; see ``artgan.core.data.Order``."""

    def __init__(self, supply: StreamSupply) -> None:
        self.supply = supply
        self.shown = np.arange(supply.count)
        self.held_out = np.empty(0, np.int64)

    def at(self, places: Numbers) -> Numbers:
        """Return the indices (N,) of what is drawn at places (N,)."""
        found: Numbers = places + self.supply.count
        return found

    def expect(self, places: Numbers) -> None:
        """Begin to draw what is drawn at places."""
        self.supply.expect(self.at(places))
