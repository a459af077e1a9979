"""Perceptual fingerprints, which find near-duplicates."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.core.images import Pixels

PRINT_SIDE = 8

Fingerprint = NDArray[np.uint8]


class _Prints:
    """Fingerprints of the pictures so far, by number."""

    def __init__(self) -> None:
        self.numbers = np.zeros(0, np.int64)
        self.values = np.zeros((0, 0), np.float32)
        self.squares = np.zeros(0)
        self.count = 0

    def add(self, number: int, own: Fingerprint) -> None:
        if self.count == len(self.numbers):
            more = max(64, self.count)
            self.numbers = np.concatenate([self.numbers, np.zeros(more, np.int64)])
            self.squares = np.concatenate([self.squares, np.zeros(more)])
            grown = np.zeros((len(self.numbers), own.size), np.float32)
            if self.count:
                grown[: self.count] = self.values[: self.count]
            self.values = grown
        self.numbers[self.count], self.values[self.count] = number, own
        self.squares[self.count] = np.square(own, dtype=np.float64).sum()
        self.count += 1

    def nearest(self, number: int, own: Fingerprint) -> float:
        """Give the root mean square distance, 0 to 1, to the nearest of the lower numbers."""
        lower = self.numbers[: self.count] < number
        if not lower.any():
            return float("inf")
        # |a - b|^2 = |a|^2 - 2 ab + |b|^2; sums of products of bytes are exact in float32.
        products = (self.values[: self.count] @ own.astype(np.float32)).astype(np.float64)
        square = np.square(own, dtype=np.float64).sum()
        away = (self.squares[: self.count] - 2 * products + square)[lower]
        return float(np.sqrt(away.min() / own.size)) / 255


def fingerprint(pixels: Pixels) -> Fingerprint:
    """Give a picture (H, W, C) shrunk to 8 x 8, flat: near pictures have near fingerprints."""
    height, width, channels = pixels.shape
    rows = np.minimum(np.arange(PRINT_SIDE) * height // PRINT_SIDE, height - 1)
    columns = np.minimum(np.arange(PRINT_SIDE) * width // PRINT_SIDE, width - 1)
    sums = np.add.reduceat(np.add.reduceat(pixels, rows, 0, np.float32), columns, 1)
    areas = np.maximum(np.diff(np.append(rows, height)), 1)[:, None] * np.maximum(
        np.diff(np.append(columns, width)), 1
    )
    means: Fingerprint = np.clip(sums / areas[..., None] + 0.5, 0, 255).astype(np.uint8)
    return means.reshape(PRINT_SIDE * PRINT_SIDE * channels)


def _unpack(text: str) -> Fingerprint:
    return np.frombuffer(bytes.fromhex(text), np.uint8)


def difference_hash(image: Image.Image) -> str:
    """Give the 64-bit difference hash of a picture as 16 hex digits."""
    small = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()
