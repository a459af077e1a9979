"""The solid of all light that a palette can mix, and whether a picture lies in it."""

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import srgb_to_linear
from artgan.plugin.picture import FloatArray

Floats = NDArray[np.float64]

TOLERANCE = 0.02
"""Distance in linear light up to which light outside the solid counts as mixed: a picture of eight
bits has colours up to 0.004 beside their mixture, blends made in other spaces somewhat more."""
MOST_POINTS = 48
"""Palettes of more colours are taken for those that lie farthest out in so many directions."""
MOST_OUTSIDE = 0.01
"""Share of a picture that may lie outside for it to count as mixed."""
LOOK = 10_000
"""About how many pixels of a picture are looked at, evenly spread."""


def can_mix(palette: FloatArray, light: FloatArray, cover: FloatArray) -> bool:
    """Find whether a palette can mix the light of a picture, but for single pixels.

    Args:
        palette: sRGB (K, 3).
        light: Linear RGB (H, W, 3).
        cover: Opacity (H, W); clear pixels (0) do not count.
    """
    sides = _faces(np.ascontiguousarray(palette, np.float32).tobytes())
    step = max(1, int((cover.size / LOOK) ** 0.5))
    seen = light[::step, ::step][cover[::step, ::step] > 0]
    outside = (seen @ sides[:, :3].T > sides[:, 3]).any(axis=1).sum()
    return bool(outside <= MOST_OUTSIDE * len(seen))


@lru_cache(maxsize=32)
def _faces(palette: bytes) -> Floats:
    """Find the faces of the convex hull of a palette in linear light.

    Args:
        palette: sRGB float32 (K, 3), as bytes.

    Returns:
        (F, 4): light is inside where red, green and blue times the first three, added up, are not
        more than the fourth.
    """
    colors = srgb_to_linear(np.frombuffer(palette, np.float32).reshape(-1, 3)).astype(np.float64)
    points = _thickened(_outermost(colors))
    one, two, three = points[np.array(list(combinations(range(len(points)), 3)))].transpose(1, 0, 2)
    normals = np.cross(two - one, three - one)
    lengths = np.linalg.norm(normals, axis=1)
    wide = lengths > 1e-9
    normals = normals[wide] / lengths[wide, None]
    heights = normals @ points.T
    level = (normals * one[wide]).sum(axis=1)
    outside = np.concatenate(
        [
            np.column_stack([normals, level])[heights.max(axis=1) <= level + 1e-7],
            np.column_stack([-normals, -level])[heights.min(axis=1) >= level - 1e-7],
        ]
    )
    found: Floats = np.unique(outside.round(6), axis=0)
    found[:, 3] += TOLERANCE
    return found


def _outermost(colors: Floats) -> Floats:
    """Return the colours (K, 3) that the hull needs, or those farthest out if they are many."""
    colors = np.unique(colors, axis=0)
    if len(colors) <= MOST_POINTS:
        return colors
    # Directions along a spiral on a sphere, evenly spread.
    height = 1 - (2 * np.arange(MOST_POINTS) + 1) / MOST_POINTS
    turn = np.arange(MOST_POINTS) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - height**2)
    directions = np.stack([ring * np.cos(turn), ring * np.sin(turn), height])
    outermost: Floats = colors[np.unique((colors @ directions).argmax(axis=0))]
    return outermost


def _thickened(points: Floats) -> Floats:
    """Add points beside the middle of a hull that is flat, a line or a point."""
    middle = points.mean(axis=0)
    axes = np.linalg.svd(np.vstack([points - middle, np.zeros((3, 3))]))[2]
    flat = axes[np.abs((points - middle) @ axes.T).max(axis=0) < TOLERANCE / 4]
    return np.vstack([points, middle + flat * TOLERANCE / 4, middle - flat * TOLERANCE / 4])
