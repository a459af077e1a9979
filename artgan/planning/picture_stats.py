"""Measures what a recipe needs to know of the pictures: their kind, and how many differ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artgan.base.grounds import premultiplied_levels
from artgan.base.seeding import key
from artgan.plugin import Look

LOOKED_AT = 5000
"""Most pictures that are compared with each other."""

KIND_FROM = 256
"""Most pictures that the kind is told from."""

SIDE = 16

ALIKE = 0.02
"""Root mean square difference, of 1, below which two shrunk pictures count as the same one."""

FEW_COLORS = 64

FLAT = 0.35

PLACES = 4
"""Places along each side of a picture that are held against each other."""

EVEN_TONE = 0.15

EVEN_GRAIN = 0.25
"""A texture lies below both: see ``_even``. Brick, grass, gravel and noise gave at most 0.06 and
0.16, digits, creatures and pieces of photographs at least 0.27 and 0.35."""

CHUNK = 512


@dataclass(frozen=True)
class PictureStats:
    """Facts about a set of pictures, measured from their pixels.

    ``look`` is "pixel-art" (few colours), "drawing" (flat areas) or "photograph";
    ``near_duplicates`` counts those that look like an earlier one, exact copies among them;
    ``plain`` means one single colour each, ``even`` the same everywhere, as textures are.
    """

    look: Look
    near_duplicates: int
    plain: bool
    even: bool


def measure_pictures(images: NDArray[np.uint8]) -> PictureStats:
    """Measure a set of pictures, uint8 (N, H, W, C)."""
    rng = np.random.Generator(np.random.PCG64(key(0, "look")))
    order = rng.permutation(len(images))
    some = premultiplied_levels(np.stack([images[i] for i in np.sort(order[:KIND_FROM])]))
    compared = np.stack([_shrunk(images[i]) for i in np.sort(order[:LOOKED_AT])])
    share = len(images) / len(compared)
    plain = bool((some == some[:, :1, :1]).all())
    duplicates = round(len(_near_duplicates(compared)) * share)
    return PictureStats(_kind(some), duplicates, plain, not plain and _even(some))


def _shrunk(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Average a picture (H, W, C) over at most 16 x 16 blocks; return values in [0, 1]."""
    height, width, _ = image.shape
    image = premultiplied_levels(image)
    rows, columns = (
        np.arange(min(SIDE, side)) * side // min(SIDE, side) for side in (height, width)
    )
    sums = np.add.reduceat(np.add.reduceat(image, rows, 0, np.float32), columns, 1)
    areas = np.diff(np.append(rows, height))[:, None] * np.diff(np.append(columns, width))
    means: NDArray[np.float32] = (sums / areas[..., None] / 255).ravel().astype(np.float32)
    return means


def near_duplicates(images: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """List pictures (N, H, W, C), uint8, that look like an earlier one: (its place, the earlier's).

    At most LOOKED_AT pictures are compared, the first ones.
    """
    return _near_duplicates(np.stack([_shrunk(image) for image in images[:LOOKED_AT]]))


def _near_duplicates(points: NDArray[np.float32]) -> list[tuple[int, int]]:
    """List points (N, D) that lie near an earlier one: (place, place of the first such)."""
    squares = (points**2).sum(1)
    limit = ALIKE**2 * points.shape[1]
    found: list[tuple[int, int]] = []
    for start in range(0, len(points), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(points)))
        away = squares[rows, None] + squares[None] - 2 * points[rows] @ points.T
        earlier = np.arange(len(points))[None] < rows[:, None]
        near = (away < limit) & earlier
        found += [(int(rows[row]), int(near[row].argmax())) for row in np.flatnonzero(near.any(1))]
    return found


def _kind(images: NDArray[np.uint8]) -> Look:
    """Classify pictures (N, H, W, C) by their colours and flat areas."""
    packed = np.zeros(images.shape[:3], np.uint32)
    for channel in range(images.shape[3]):
        packed = packed * np.uint32(256) + images[..., channel]
    colors = np.median([len(np.unique(picture)) for picture in packed])
    flat = float((packed[:, :, 1:] == packed[:, :, :-1]).mean())
    if images.shape[3] > 1 and colors <= FEW_COLORS and flat >= FLAT / 2:
        return "pixel-art"
    return "drawing" if flat >= FLAT else "photograph"


def _even(images: NDArray[np.uint8]) -> bool:
    """Check whether pictures (N, H, W, C) have the same tone and contrast everywhere.

    Tone: how much of the variance is that of the means of 4 x 4 places. Contrast: how much the
    standard deviations of these places differ, as a share of their mean.
    """
    height, width = (side // PLACES * PLACES for side in images.shape[1:3])
    if not height or not width:
        return False
    grey = images[:, :height, :width].mean(3, dtype=np.float32)
    places = grey.reshape(len(grey), PLACES, height // PLACES, PLACES, width // PLACES)
    tones, grains = (
        part.reshape(len(grey), -1) for part in (places.mean((2, 4)), places.std((2, 4)))
    )
    tone = tones.var(1).mean() / grey.reshape(len(grey), -1).var(1).mean()
    grain = (grains.std(1) / np.maximum(grains.mean(1), 1e-6)).mean()
    return bool(tone < EVEN_TONE and grain < EVEN_GRAIN)
