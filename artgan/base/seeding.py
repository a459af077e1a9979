"""Randomness by key, not by stream.

Every draw comes from a generator keyed on (seed, purpose, step, rank). So a run that was resumed, a
picture made alone or in a batch, and a run that somebody watches all draw the same numbers, and a
checkpoint needs no generator state.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from artgan.errors import OptionError

if TYPE_CHECKING:
    import torch


def key(*parts: object) -> int:
    """Hash the parts to a whole number below 2^63; the same on every machine."""
    text = "|".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def keyed_generator(*parts: object) -> "torch.Generator":
    """Create a CPU generator seeded with the key of the parts."""
    import torch

    return torch.Generator().manual_seed(key(*parts))


@contextmanager
def keyed_global_rng(device: "torch.device", *parts: object) -> Iterator[None]:
    """Seed torch's global generators by key inside the block, and restore them after it.

    Dropout, noise and augmentations draw from the global generators; this makes them repeatable
    and keeps them from disturbing the caller's.
    """
    import torch

    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda):
        torch.manual_seed(key(*parts))
        yield


def parse_seeds(text: str) -> list[int]:
    """Read "0-15,40" as a list of seeds.

    Raises:
        OptionError: It is not such a list.
    """
    seeds: list[int] = []
    for piece in str(text).split(","):
        first, dash, last = piece.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise OptionError(
                f"seeds {text!r} do not fit; expected numbers and ranges as in 0-15,40"
            )
        low, high = int(first), int(last or first)
        if high < low or high - low >= 10_000_000 or high >= 2**63:
            raise OptionError(
                f"seeds {piece!r} do not fit; a range goes up, as in 0-15, by at most ten million, "
                f"and ends at {2**63 - 1} or before"
            )
        seeds += range(low, high + 1)
    return seeds
