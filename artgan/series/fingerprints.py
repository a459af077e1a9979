"""Perceptual fingerprints, which find near-duplicates."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.core.images import Pixels

SIDE = 8

Fingerprint = NDArray[np.uint8]
"""Pixels of a picture shrunk to 8 x 8, flat: shape (64 C,)."""


class Fingerprints:
    """Fingerprints of the pictures so far, by number; arrays grow by doubling."""

    def __init__(self, known: Mapping[int, Fingerprint]) -> None:
        self._numbers = np.zeros(0, np.int64)
        self._values = np.zeros((0, 0), np.float32)
        self._squares = np.zeros(0)
        self._count = 0
        for number, own in known.items():
            self.add(number, own)

    def add(self, number: int, own: Fingerprint) -> None:
        """Add the fingerprint of a number."""
        if self._count == len(self._numbers):
            more = max(64, self._count)
            self._numbers = np.concatenate([self._numbers, np.zeros(more, np.int64)])
            self._squares = np.concatenate([self._squares, np.zeros(more)])
            grown = np.zeros((len(self._numbers), own.size), np.float32)
            if self._count:
                grown[: self._count] = self._values[: self._count]
            self._values = grown
        self._numbers[self._count], self._values[self._count] = number, own
        self._squares[self._count] = np.square(own, dtype=np.float64).sum()
        self._count += 1

    def nearest(self, number: int, own: Fingerprint) -> float:
        """Return the root mean square distance, 0 to 1, to the nearest of the lower numbers.

        It is infinite if there are none.
        """
        lower = self._numbers[: self._count] < number
        if not lower.any():
            return float("inf")
        # |a - b|^2 = |a|^2 - 2 ab + |b|^2; sums of products of bytes are exact in float32.
        products = (self._values[: self._count] @ own.astype(np.float32)).astype(np.float64)
        square = np.square(own, dtype=np.float64).sum()
        away = (self._squares[: self._count] - 2 * products + square)[lower]
        return float(np.sqrt(away.min() / own.size)) / 255


def fingerprint(pixels: Pixels) -> Fingerprint:
    """Return pixels (H, W, C) shrunk to 8 x 8 by averaging, flat."""
    height, width, channels = pixels.shape
    rows = np.minimum(np.arange(SIDE) * height // SIDE, height - 1)
    columns = np.minimum(np.arange(SIDE) * width // SIDE, width - 1)
    sums = np.add.reduceat(np.add.reduceat(pixels, rows, 0, np.float32), columns, 1)
    areas = np.maximum(np.diff(np.append(rows, height)), 1)[:, None] * np.maximum(
        np.diff(np.append(columns, width)), 1
    )
    means: Fingerprint = np.clip(sums / areas[..., None] + 0.5, 0, 255).astype(np.uint8)
    return means.reshape(SIDE * SIDE * channels)


def unpack_fingerprint(text: str) -> Fingerprint:
    """Return a fingerprint from the hex digits of a journal."""
    return np.frombuffer(bytes.fromhex(text), np.uint8)


def difference_hash(image: Image.Image) -> str:
    """Return the 64-bit difference hash of a picture as 16 hex digits.

    Each bit says whether a pixel of the picture shrunk to 9 x 8 is brighter than its left one.
    """
    small = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()
