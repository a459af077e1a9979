"""Reads the pictures of a large set when they are needed, ahead of the training, in threads.

What comes next is a function of (seed, step), so nothing is guessed: the batches that follow are
read while the networks compute, and groups such as shards far away are fetched a window ahead.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.background import in_background
from artgan.base.permutation import Numbers, Permutation
from artgan.datasets.items import Pixels, check_shape, split_item, unlike
from artgan.datasets.order import WINDOW, GroupedOrder, hold_out
from artgan.errors import DataError, PictureError

FEWEST_THREADS, MOST_THREADS = 4, 8
"""Threads that read, as many as processors within these bounds: some wait for a disk or store."""

PIECE = 16
"""Pictures that one thread reads in one go."""

WAITING = 16
"""Batches that may lie ready; older ones are forgotten if nobody asks for them."""

SAMPLE = 4096
"""Most pictures that facts of a set are taken from."""

SAMPLE_BYTES = 128 * 2**20

SAMPLE_GROUPS = 8
"""Groups that the sample comes from, since what lies in one is read together."""

MOST_LEFT_OUT = 1000
"""Damaged pictures in a row at which a set is given up."""

NAMED = 20
"""Damaged pictures that are named; the others are counted."""

Item = tuple[Pixels, int | None]


class LazySupply:
    """A set of which pictures are read when needed.

    Args:
        source: As a dataset opens it.
        where: What errors call it.
        report: Is told which pictures are left out.
    """

    def __init__(self, source: Any, where: str, report: Callable[[str], None]) -> None:
        self.source, self.where, self.report = source, where, report
        self.count = len(source)
        lengths = getattr(source, "lengths", None)
        self.lengths: Sequence[int] = [self.count] if lengths is None else lengths
        if sum(self.lengths) != self.count or min(self.lengths) < 0:
            raise DataError(
                f"{where}: its lengths add up to {sum(self.lengths)}, of {self.count} in all"
            )
        self._ends = np.cumsum(self.lengths)
        self._pool = ThreadPoolExecutor(threads(), thread_name_prefix="artgan-read")
        self._waiting: OrderedDict[bytes, list[Future[list[Item]]]] = OrderedDict()
        self._first: Item | None = None
        self._left_out: set[int] = set()
        self._guard = threading.Lock()

    def arrange(self, seed: int, holdout: float) -> "LazyOrder":
        """Return the order in which a run reads it."""
        held_out = hold_out(self.count, holdout, seed)
        window = int(getattr(self.source, "window", WINDOW))
        return LazyOrder(self, GroupedOrder(self.lengths, held_out, seed, window), held_out)

    def expect(self, chosen: Numbers) -> None:
        """Begin to read the pictures of indices (N,)."""
        key = chosen.tobytes()
        if key not in self._waiting:
            self._waiting[key] = self._begin(chosen)
            while len(self._waiting) > WAITING:
                for future in self._waiting.popitem(last=False)[1]:
                    future.cancel()

    def _begin(self, chosen: Numbers) -> list[Future[list[Item]]]:
        pieces = [chosen[first : first + PIECE] for first in range(0, len(chosen), PIECE)]
        return [self._pool.submit(self._items, piece) for piece in pieces]

    def read(self, chosen: Numbers) -> tuple[Pixels, NDArray[np.int64] | None]:
        """Return the pictures (N, H, W, C) and labels (N,) of indices (N,)."""
        begun = self._waiting.pop(chosen.tobytes(), None) or self._begin(chosen)
        items = [item for future in begun for item in future.result()]
        images = np.stack([image for image, _ in items])
        check_shape(images.shape, images.dtype, self.where)
        labels = [label for _, label in items if label is not None]
        return images, np.array(labels, np.int64) if labels else None

    def sample(self) -> tuple[Pixels, NDArray[np.int64] | None]:
        """Read pictures of a few groups, always the same, for facts of the whole set."""
        most = max(1, min(SAMPLE, SAMPLE_BYTES // max(1, self._item(0)[0].nbytes)))
        groups = len(self.lengths)
        chosen = np.arange(self.count)
        if self.count > most:
            some = Permutation(groups, "sample").at(np.arange(min(SAMPLE_GROUPS, groups)))
            part = -(-most // len(some))
            chosen = np.concatenate([self._some_of(int(group), part) for group in np.sort(some)])
        # Not through the queue: it holds batches.
        return self.read(chosen)

    def _some_of(self, group: int, count: int) -> Numbers:
        length = self.lengths[group]
        places = Permutation(max(1, length), "sample", group).at(np.arange(min(count, length)))
        found: Numbers = np.sort(places) + self._ends[group] - length
        return found

    def _items(self, chosen: Numbers) -> list[Item]:
        return [self._item(int(index)) for index in chosen]

    def _item(self, index: int) -> Item:
        """Read a picture; if it is damaged, the next good one of its group."""
        group = int(np.searchsorted(self._ends, index, side="right"))
        length = self.lengths[group]
        begin = int(self._ends[group]) - length
        for further in range(min(length, MOST_LEFT_OUT)):
            place = begin + (index - begin + further) % length
            try:
                item = split_item(self.source[place])
            except PictureError as error:
                self._tell(place, error)
                continue
            return self._checked(place, item)
        raise DataError(
            f"{self.where}: none of {min(length, MOST_LEFT_OUT)} pictures in a row can be read"
        )

    def _checked(self, index: int, item: Item) -> Item:
        first = self._first = self._first or item
        if item[0].shape != first[0].shape or (item[1] is None) != (first[1] is None):
            raise unlike(self.where, index, item, first)
        return item

    def _tell(self, index: int, error: PictureError) -> None:
        """Name a picture that is left out, once."""
        with self._guard:
            if index in self._left_out:
                return
            self._left_out.add(index)
            count = len(self._left_out)
        if count <= NAMED:
            self.report(f"Left out a picture of {self.where}: {error}.")
        if count == NAMED:
            self.report("Further pictures that are left out are not named.")


class LazyOrder:
    """The order in which a run reads a large set; see ``artgan.core.data.Order``."""

    def __init__(self, supply: LazySupply, order: GroupedOrder, held_out: Numbers) -> None:
        self.supply, self.order = supply, order
        self.shown, self.held_out = order.shown, held_out
        self._fetch = getattr(supply.source, "fetch", None)
        self._window: tuple[int, ...] = ()
        self._fetching: Future[None] | None = None

    def at(self, places: Numbers) -> Numbers:
        """Return the indices (N,) of the pictures at places (N,)."""
        return self.order.at(places)

    def expect(self, places: Numbers) -> None:
        """Begin to read the pictures at places, and to fetch the window that comes after them."""
        if self._fetch is not None and len(places):
            self._fetch_ahead(int(places[-1]))
        self.supply.expect(self.order.at(places))

    def _fetch_ahead(self, place: int) -> None:
        now, later = self.order.windows_from(place)
        # What is not at hand yet is read picture by picture meanwhile.
        if tuple(now) == self._window or (self._fetching and not self._fetching.done()):
            return
        # Why fetching failed is told here, where the training waits.
        if self._fetching is not None:
            self._fetching.result()
        self._window = tuple(now)
        self._fetching = in_background(self._fetch_both, now, later)

    def _fetch_both(self, now: Numbers, later: Numbers) -> None:
        assert self._fetch is not None
        self._fetch(now.tolist(), later.tolist())
        self._fetch(later.tolist(), now.tolist())


def threads() -> int:
    """Return how many threads read pictures."""
    allowed = getattr(os, "sched_getaffinity", None)
    count = len(allowed(0)) if allowed else os.cpu_count() or 1
    return max(FEWEST_THREADS, min(MOST_THREADS, count))
