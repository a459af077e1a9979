"""Prints what a set of any size costs in disk, memory, start-up and order, without any pictures.

    python -m benchmarks.order --pictures 100000000 --ranks 64

Sizes on disk are those of ``--picture-bytes`` for each picture, which depends on what is on them:
PNG of photographs at 256 pixels took about 110,000 bytes, at 64 pixels 9,000. Measured here are the
memory and the time of the order itself, and of its file. Then it is checked that the order is a
permutation: one window is looked up whole, and pictures of all parts of an epoch are found again by
undoing each step that leads to them. All processes compute the same order from seed and step; the
check compares what so many of them read with the whole batches.
"""

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from artgan.base.permutation import Numbers, Permutation
from artgan.datasets.order import WINDOW, GroupedOrder, hold_out
from artgan.shards.index import BLOCK
from artgan.shards.set_file import ShardFacts, ShardSet, parse_set

SEED = 7

SAMPLED = 100_000
"""Pictures that are looked for again."""

STEPS = 200


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--pictures", type=int, default=100_000_000)
    parser.add_argument("--ranks", type=int, default=64, help="processes that train together")
    parser.add_argument("--batch", type=int, default=0, help="of all; default: 32 of each process")
    parser.add_argument("--size", type=int, default=256, help="side in pixels, for decoded bytes")
    parser.add_argument("--picture-bytes", type=int, default=110_000)
    parser.add_argument("--per-shard", type=int, default=4096)
    return parser.parse_args()


@dataclass(frozen=True)
class Measured:
    """What a call returned, the seconds of processor time it took, and the bytes it kept."""

    made: Any
    seconds: float
    kept: int


def measure(call: Callable[[], Any]) -> Measured:
    tracemalloc.start()
    begun = time.process_time()
    made = call()
    seconds, kept = time.process_time() - begun, tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return Measured(made, seconds, kept)


def shard_lengths(pictures: int, per_shard: int) -> list[int]:
    whole, rest = divmod(pictures, per_shard)
    return [per_shard] * whole + [rest] * (rest > 0)


def set_file(lengths: list[int], picture_bytes: int) -> bytes:
    """Return the file that describes a set, as ``artgan pack`` writes it."""
    facts = [
        ShardFacts(f"{n:06d}.tar", count, count * padded(picture_bytes), "0" * 64)
        for n, count in enumerate(lengths)
    ]
    made = ShardSet(shards=facts, height=256, width=256, channels=3)
    return msgspec.json.encode(made)


def padded(picture_bytes: int) -> int:
    """Return what a picture takes in a tar file, with its label."""
    return 3 * BLOCK + -(-picture_bytes // BLOCK) * BLOCK


def size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"


def draw(order: GroupedOrder, batch: int) -> None:
    """Look some batches up, one after the other."""
    for number in range(STEPS):
        order.at(number * batch + np.arange(batch))


def costs(pictures: int, asked: argparse.Namespace) -> GroupedOrder:
    """Print what so many pictures cost; return their order."""
    lengths = shard_lengths(pictures, asked.per_shard)
    file = set_file(lengths, asked.picture_bytes)
    opened = measure(lambda: parse_set(file, "shards.json"))
    held = hold_out(pictures, 0.02, SEED)
    order = measure(lambda: GroupedOrder(lengths, held, SEED))
    first = measure(lambda: order.made.at(np.arange(asked.batch)))
    step = measure(lambda: draw(order.made, asked.batch))
    window = order.made.groups_in_window
    row = [
        f"{pictures:,}",
        size(pictures * asked.size**2 * 3),
        size(pictures * padded(asked.picture_bytes)),
        f"{len(lengths):,}",
        size(2 * window * asked.per_shard * padded(asked.picture_bytes)),
        f"{size(len(file))}, {opened.seconds * 1e3:.0f} ms",
        size(order.kept + first.kept + step.kept),
        f"{(order.seconds + first.seconds) * 1e3:.1f} ms",
        f"{step.seconds / STEPS * 1e6:.0f} us",
    ]
    print("| " + " | ".join(row) + " |", flush=True)
    made: GroupedOrder = order.made
    return made


def check_window(order: GroupedOrder, lengths: Numbers, held: Numbers) -> int:
    """Look a whole window up; return how many pictures it has, each of them once."""
    groups, _ = order.windows_from(0)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    inside = np.concatenate([np.arange(starts[g], starts[g + 1]) for g in groups])
    wanted = np.setdiff1d(inside, held)
    found = np.sort(order.look_up(np.arange(len(wanted))))
    assert np.array_equal(found, wanted), "the window does not hold each picture of its shards once"
    return len(wanted)


def find_again(order: GroupedOrder, lengths: Numbers, held: Numbers, epoch: int) -> int:
    """Undo the order for pictures of all parts; return how many were found where they came from."""
    count = int(lengths.sum())
    pictures = np.setdiff1d(np.linspace(0, count - 1, min(count, SAMPLED)).astype(np.int64), held)
    left_out = np.searchsorted(held, np.concatenate([[0], np.cumsum(lengths)]))
    shown = lengths - np.diff(left_out)
    number = pictures - np.searchsorted(held, pictures)
    ends = np.cumsum(shown)
    group = np.searchsorted(ends, number, side="right")
    shuffled = Permutation(len(lengths), order.seed, "groups", epoch)
    place = shuffled.place_of(group)
    order_of_groups = shuffled.at(np.arange(len(lengths)))
    starts = np.concatenate([[0], np.cumsum(shown[order_of_groups])])
    window = place // order.groups_in_window
    begin = starts[window * order.groups_in_window]
    end = starts[np.minimum((window + 1) * order.groups_in_window, len(lengths))]
    before = starts[place] + number - (ends[group] - shown[group]) - begin
    places = np.empty_like(before)
    for one in np.unique(window):
        here = window == one
        inside = Permutation(int((end - begin)[here][0]), order.seed, "places", epoch, one)
        places[here] = inside.place_of(before[here])
    epoch_length = len(order.shown)
    again = order.look_up(epoch * epoch_length + begin + places)
    assert np.array_equal(again, pictures), "a picture is not where the inverse says"
    return len(pictures)


def check_ranks(order: GroupedOrder, batch: int, ranks: int) -> None:
    """Compare what single processes look up, each for itself, with the whole batches."""
    for step in range(3):
        whole = order.at(step * batch + np.arange(batch))
        own = [np.arange(batch * r // ranks, batch * (r + 1) // ranks) for r in range(ranks)]
        pieces = [order.look_up(step * batch + places) for places in own]
        assert np.array_equal(np.concatenate(pieces), whole), "processes read other pictures"


def main() -> None:
    asked = arguments()
    asked.batch = asked.batch or 32 * asked.ranks
    if asked.batch < asked.ranks:
        sys.exit(f"a batch of {asked.batch} pictures leaves {asked.ranks} processes less than one")
    print(
        f"At {asked.size} pixels, {asked.picture_bytes:,} bytes a picture, {asked.per_shard} "
        f"pictures a shard, batches of {asked.batch} for {asked.ranks} processes, windows of "
        f"{WINDOW:,}:\n"
    )
    print(
        "| Pictures | Decoded | Shards on disk | Shards | Two windows "
        "| File of the set, to read it | Memory of the order | Start of the order | A batch |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for pictures in sorted({min(1_000_000, asked.pictures), asked.pictures}):
        order = costs(pictures, asked)
    lengths = np.array(shard_lengths(asked.pictures, asked.per_shard))
    held = hold_out(asked.pictures, 0.02, SEED)
    window = check_window(order, lengths, held)
    found = sum(find_again(order, lengths, held, epoch) for epoch in (0, 3))
    check_ranks(order, asked.batch, asked.ranks)
    print(
        f"\nA permutation: the first window of {window:,} has each picture of its shards once, "
        f"{found:,} pictures of two epochs were found again by the inverse, and {asked.ranks} "
        "processes read what one would."
    )


if __name__ == "__main__":
    main()
