"""A permutation of whole numbers that is a function of a key: no table of it is kept.

A Feistel network is a permutation whatever its rounds compute (Luby and Rackoff 1988, "How to
construct pseudorandom permutations from pseudorandom functions", SIAM J. Comput. 17). Its range is
a power of four; numbers that land beyond the wanted range go through again until they land inside
(cycle walking: Black and Rogaway 2002, "Ciphers with arbitrary finite domains", section 3). The
rounds mix with the last step of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
pseudorandom number generators"). It shuffles well; it keeps no secrets.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.base.seeding import key

Numbers = NDArray[np.int64]
_Words = NDArray[np.uint64]

ROUNDS = 8

FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""Factors of SplitMix64."""


class Permutation:
    """Shuffles the whole numbers from 0 to ``size`` - 1 by the key of ``parts``.

    Each number is computed when it is asked for, so no memory depends on the size.
    """

    def __init__(self, size: int, *parts: object) -> None:
        self.size = size
        bits = max(1, -(-(size - 1).bit_length() // 2))
        self._bits, self._mask = np.uint64(bits), np.uint64((1 << bits) - 1)
        self._keys = [np.uint64(key(*parts, number)) for number in range(ROUNDS)]

    def at(self, places: Numbers) -> Numbers:
        """Return the numbers (N,) that stand at places (N,)."""
        return self._walk(places, forth=True)

    def place_of(self, numbers: Numbers) -> Numbers:
        """Return the places (N,) at which numbers (N,) stand; undoes ``at``."""
        return self._walk(numbers, forth=False)

    def _walk(self, given: Numbers, forth: bool) -> Numbers:
        found = self._through(given.astype(np.uint64), forth)
        outside = np.flatnonzero(found >= self.size)
        while outside.size:
            found[outside] = self._through(found[outside], forth)
            outside = outside[found[outside] >= self.size]
        return found.astype(np.int64)

    def _through(self, numbers: _Words, forth: bool) -> _Words:
        """Send numbers through the network: each round mixes one half into the other."""
        left, right = numbers >> self._bits, numbers & self._mask
        if forth:
            for own in self._keys:
                left, right = right, left ^ (_mix(right ^ own) & self._mask)
        else:
            for own in reversed(self._keys):
                left, right = right ^ (_mix(left ^ own) & self._mask), left
        return left << self._bits | right


def _mix(words: _Words) -> _Words:
    words = (words ^ words >> np.uint64(30)) * FIRST
    words = (words ^ words >> np.uint64(27)) * SECOND
    return words ^ words >> np.uint64(31)
