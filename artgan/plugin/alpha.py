"""Whether clear pixels are learnt as clear, by one option and one rule for all datasets.

A dataset returns RGBA with straight alpha, as files hold it; artgan multiplies it in for the
networks, and divides by it where pictures are written.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import Alpha
from artgan.plugin.color import parse_hex

CLEAR_FROM = 0.01
"""Share of a picture that is clear, from which the picture counts as one with clear pixels."""

ENOUGH = 0.25
"""Share of such pictures from which a set is learnt with alpha unasked."""


def clear_share(pixels: NDArray[np.uint8]) -> float:
    """Compute how much of a picture (H, W, C) is clear, from 0 to 1; half-clear pixels count half.

    C is 1 to 4; only 2 and 4 have alpha.
    """
    if pixels.shape[2] not in (2, 4):
        return 0.0
    return 1 - float(pixels[:, :, -1].mean()) / 255


def learns_alpha(shares: Sequence[float], wanted: Alpha = "auto") -> bool:
    """Decide whether a set is learnt with alpha; ``shares`` has the clear share of each picture."""
    clear = sum(share >= CLEAR_FROM for share in shares)
    if wanted == "auto":
        return 0 < clear >= ENOUGH * len(shares)
    return wanted == "keep" and any(shares)


def lay_on(images: NDArray[np.uint8], background: str) -> NDArray[np.uint8]:
    """Lay RGBA pictures (N, H, W, 4) on a colour, as hex, and return RGB (N, H, W, 3).

    Raises:
        ValueError: It is not a colour.
    """
    color = np.array(parse_hex(background), np.float32) * 255
    alpha = images[:, :, :, 3:].astype(np.float32) / 255
    laid = images[:, :, :, :3] * alpha + color * (1 - alpha)
    return np.asarray(laid + 0.5, dtype=np.uint8)
