"""Measures whether labels, colours and brightness of pictures are balanced."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from artgan.base.suggest import count_of
from artgan.plugin.color import srgb_to_oklab

MOST = 256
"""Pictures that colours are measured of at most, spread evenly."""

GREY_BELOW = 0.04
"""Chroma in OKLab below which a colour counts as grey."""

CLEAR_BELOW = 0.5

HUES = (
    ("red", 45.0), ("orange and brown", 80.0), ("yellow", 120.0), ("green", 170.0),
    ("cyan", 225.0), ("blue", 285.0), ("purple", 340.0), ("pink", 360.0),
)  # fmt: skip
"""Families of hues and the angle in OKLab, in degrees, at which each ends; the first begins at
10, where the last goes on."""

FIRST_HUE = 10.0

DARK, BRIGHT = 0.35, 0.75
"""Lightness in OKLab, 0 to 1, below and above which a pixel is dark and bright."""

UNEVEN = 10
"""Times as many pictures as the rarest label has from which the commonest is said to prevail."""

Shares = Mapping[str, float]


def colour_shares(images: NDArray[np.uint8]) -> tuple[Shares, Shares]:
    """Compute what share of visible pixels has which colour, and is dark, middle or bright.

    ``images`` are (N, H, W, C), uint8; the shares of each mapping add up to 1, largest first.
    """
    some = images[:: max(1, len(images) // MOST)][:MOST]
    pixels = np.asarray(some.reshape(-1, some.shape[3]) / 255, np.float32)
    if pixels.shape[1] == 4:
        visible = pixels[:, 3] >= CLEAR_BELOW
        pixels = pixels[visible, :3] if visible.any() else pixels[:1, :3]
    lab = srgb_to_oklab(pixels)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    angle = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    family = np.searchsorted([end for _, end in HUES], angle)
    family[angle < FIRST_HUE] = len(HUES) - 1
    family[chroma < GREY_BELOW] = len(HUES)
    names = [name for name, _ in HUES] + ["grey"]
    hues = np.bincount(family, minlength=len(names)) / len(family)
    light = np.digitize(lab[:, 0], (DARK, BRIGHT))
    levels = np.bincount(light, minlength=3) / len(light)
    return _largest_first(names, hues), _largest_first(["dark", "middle", "bright"], levels)


def _largest_first(names: list[str], shares: NDArray[np.float64]) -> Shares:
    pairs = sorted(zip(names, shares.tolist(), strict=True), key=lambda pair: -pair[1])
    return {name: round(share, 4) for name, share in pairs if share > 0}


def told_balance(labels: Mapping[str, int]) -> str:
    """Say by how much the commonest label outweighs the rarest; "" without labels."""
    if len(labels) < 2:
        return ""
    most, least = max(labels, key=lambda n: labels[n]), min(labels, key=lambda n: labels[n])
    if labels[most] == labels[least]:
        return f"Labels are balanced: each has {count_of(labels[most], 'picture')}."
    counts = f"{least} has {labels[least]}, {most} {count_of(labels[most], 'picture')}"
    if labels[most] >= UNEVEN * max(1, labels[least]):
        return f"Labels are out of balance: {counts}; rare ones will be learnt worse."
    return f"Labels are balanced: {counts}."
