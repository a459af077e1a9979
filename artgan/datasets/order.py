"""The order in which a set is read that does not fit into memory: a function of (seed, place).

Pictures lie in groups, such as the shards of a set. An epoch is a permutation of the groups; a few
of them at a time make a window, in which the pictures are permuted. So what is read lies together,
and pictures of all groups meet over the epochs. Nothing here grows with the number of pictures: an
order keeps four numbers for each group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artgan.base.permutation import Numbers, Permutation
from artgan.core.data import FEWEST_HELD_OUT, MOST_HELD_OUT

WINDOW = 65_536
"""Pictures that are shuffled among each other, unless groups are larger."""

BLOCK = 4096
"""Places that are looked up at once: single ones cost thirty times as much."""


class Shown:
    """All whole numbers from 0 to ``count`` - 1 but those that are held out, in order.

    Takes what a numpy array takes between brackets, and keeps nothing but the few left out.
    """

    def __init__(self, count: int, held_out: Numbers) -> None:
        self._count = count - len(held_out)
        self._skips = held_out - np.arange(len(held_out))

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __getitem__(self, chosen: slice | Numbers) -> Numbers:
        """Return the numbers at places."""
        if isinstance(chosen, slice):
            chosen = np.arange(*chosen.indices(self._count))
        return chosen + np.searchsorted(self._skips, chosen, side="right")


def hold_out(count: int, share: float, seed: int) -> Numbers:
    """Choose the pictures (H,) that are never shown, sorted; none are if there are too few."""
    held = min(MOST_HELD_OUT, int(share * count))
    if held < FEWEST_HELD_OUT:
        held = 0
    return np.sort(Permutation(count, seed, "holdout").at(np.arange(held)))


@dataclass(frozen=True)
class _Epoch:
    """The groups of an epoch in their order, and the place behind the last picture of each."""

    groups: Numbers
    ends: Numbers


class GroupedOrder:
    """Tells which picture is read at which place of a training.

    Args:
        lengths: Pictures in each group; a set without groups is one.
        held_out: Pictures that are never shown, sorted.
        seed: Seed of the run.
        window: Pictures that are shuffled among each other, at least.
    """

    def __init__(
        self, lengths: Sequence[int], held_out: Numbers, seed: int, window: int = WINDOW
    ) -> None:
        whole = np.asarray(lengths, np.int64)
        firsts = np.concatenate([[0], np.cumsum(whole)])
        left_out = np.searchsorted(held_out, firsts)
        self._lengths = whole - np.diff(left_out)
        self._firsts = firsts[:-1] - left_out[:-1]
        self.shown = Shown(int(firsts[-1]), held_out)
        self.seed = seed
        # As many groups as fill the window, whatever the sizes of single ones.
        self.groups_in_window = max(1, round(window * len(whole) / max(1, int(firsts[-1]))))
        self._epochs: dict[int, _Epoch] = {}
        self._blocks: dict[int, Numbers] = {}

    def at(self, places: Numbers) -> Numbers:
        """Return the pictures (N,) that stand at places (N,), counted from the first epoch on."""
        found = np.empty(len(places), np.int64)
        blocks = places // BLOCK
        for block in np.unique(blocks):
            inside = blocks == block
            found[inside] = self._block(int(block))[places[inside] - block * BLOCK]
        return found

    def _block(self, block: int) -> Numbers:
        if block not in self._blocks:
            self._blocks = {b: known for b, known in self._blocks.items() if abs(b - block) <= 2}
            self._blocks[block] = self.look_up(np.arange(block * BLOCK, (block + 1) * BLOCK))
        return self._blocks[block]

    def look_up(self, places: Numbers) -> Numbers:
        """Compute what ``at`` returns."""
        epochs, inside = np.divmod(places, len(self.shown))
        found = np.empty(len(places), np.int64)
        for epoch in np.unique(epochs):
            here = epochs == epoch
            found[here] = self._in_epoch(int(epoch), inside[here])
        return self.shown[found]

    def _in_epoch(self, epoch: int, places: Numbers) -> Numbers:
        """Return the numbers among those shown that stand at places of an epoch."""
        order = self._epoch(epoch)
        last = self._window_ends(order)
        windows = np.searchsorted(last, places, side="right")
        found = np.empty(len(places), np.int64)
        for window in np.unique(windows):
            here = windows == window
            begin = int(last[window - 1]) if window else 0
            shuffled = Permutation(int(last[window]) - begin, self.seed, "places", epoch, window)
            found[here] = begin + shuffled.at(places[here] - begin)
        place = np.searchsorted(order.ends, found, side="right")
        groups = order.groups[place]
        return self._firsts[groups] + found - (order.ends[place] - self._lengths[groups])

    def _epoch(self, epoch: int) -> _Epoch:
        if epoch not in self._epochs:
            count = len(self._lengths)
            groups = Permutation(count, self.seed, "groups", epoch).at(np.arange(count))
            self._epochs = {e: known for e, known in self._epochs.items() if e >= epoch - 1}
            self._epochs[epoch] = _Epoch(groups, np.cumsum(self._lengths[groups]))
        return self._epochs[epoch]

    def _window_ends(self, order: _Epoch) -> Numbers:
        count = len(order.groups)
        size = self.groups_in_window
        lasts = np.arange(size, count + size, size)
        ends: Numbers = order.ends[np.minimum(lasts, count) - 1]
        return ends

    def windows_from(self, place: int) -> tuple[Numbers, Numbers]:
        """Return the groups of the window that a place lies in, and those of the next."""
        epoch, inside = divmod(place, len(self.shown))
        order = self._epoch(epoch)
        ends = self._window_ends(order)
        window = int(np.searchsorted(ends, inside, side="right"))
        size = self.groups_in_window
        now = order.groups[window * size : (window + 1) * size]
        later = order.groups[(window + 1) * size : (window + 2) * size]
        return now, later if later.size else self._epoch(epoch + 1).groups[:size]
