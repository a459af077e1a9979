"""See-through inks: their colours, and how much of each a picture needs.

Where dots of several inks overlap by chance, the light that is left is the product over all inks of
1 - cover (1 - ink) (Demichel's shares in Neugebauer's mean); the covers are solved from it.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from artgan.errors import StyleError
from artgan.plugin.color import parse_hex, srgb_to_linear
from artgan.plugin.picture import FloatArray

INKS = {
    "cyan": "00a5e3",
    "magenta": "e6007e",
    "key": "111111",
    "black": "1a1a1a",
    "blue": "0078bf",
    "green": "00a95c",
    "fluorescent-pink": "ff48b0",
    "fluorescent-orange": "ff7477",
    "yellow": "ffe800",
    "sunflower": "ffb511",
    "orange": "ff6c2f",
    "red": "ff665e",
    "bright-red": "f15060",
    "burgundy": "914e72",
    "purple": "765ba7",
    "teal": "00838a",
    "mint": "82d8d5",
    "cornflower": "62a8e5",
    "medium-blue": "3255a4",
    "federal-blue": "3d5588",
    "hunter-green": "407060",
    "brown": "925f52",
    "gold": "ac936e",
}
GRID = 33
"""Number of values of each channel at which several inks are fitted."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of the channels in a fit: relative luminance."""


def ink_light(color: str) -> FloatArray:
    """Look up the linear light (3,) that an ink lets through, by name or hex.

    Raises:
        StyleError: The text is neither the name of an ink nor a colour.
    """
    try:
        return srgb_to_linear(parse_hex(INKS.get(color, color)))
    except ValueError as error:
        near = get_close_matches(color, INKS, 1)
        meant = f" Did you mean '{near[0]}'?" if near else ""
        raise StyleError(
            f"'{color}' is no ink; expected {', '.join(INKS)}, or a colour as in ff48b0.{meant}"
        ) from error


def covers(light: FloatArray, inks: Sequence[FloatArray]) -> FloatArray:
    """Find how much of each ink prints a light.

    Several inks are fitted once on a grid of lights, with interpolation in between: the printed
    light is off by 1/1000 on average, and it takes a ninth of the time.

    Args:
        light: Wanted linear light (N, 3), as a share of the paper's.
        inks: Light (3,) that each ink lets through.

    Returns:
        Covers (N, K) in [0, 1]. The last ink is fitted first, as black should be.
    """
    if len(inks) == 1:
        return fit_covers(light, inks)
    tables = _table(tuple(tuple(ink.tolist()) for ink in inks))
    places = np.sqrt(np.clip(light.T, 0, 1, order="C"))
    places *= np.float32(GRID - 1)
    low = np.minimum(np.floor(places), np.float32(GRID - 2))
    red, green, blue = np.subtract(places, low, out=places)
    corner = (np.array([GRID * GRID, GRID, 1], np.float32) @ low).astype(np.intp)
    corners = [corner + step for step in (0, GRID, GRID * GRID, GRID * GRID + GRID)]
    covers = np.empty((len(light), len(inks)), np.float32)
    for number, table in enumerate(tables):
        near, side, far, across = (
            _along(table.take(place, mode="clip"), blue) for place in corners
        )
        near += (side - near) * green
        far += (across - far) * green
        near += (far - near) * red
        np.clip(near, 0, 1, out=covers[:, number])
    return covers


def _along(found: NDArray[np.complex64], share: FloatArray) -> FloatArray:
    """Interpolate between values and the next ones; each is a value with its rise."""
    between: FloatArray = found.imag * share
    between += found.real
    return between


@lru_cache(maxsize=16)
def _table(inks: tuple[tuple[float, ...], ...]) -> NDArray[np.complex64]:
    """Fit covers on a grid of lights that is finer where it is dark.

    Returns:
        (K, GRID ** 3); covers, with their rises to the next blue as imaginary parts.
    """
    steps = (np.arange(GRID, dtype=np.float32) / (GRID - 1)) ** 2
    lights = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    points: FloatArray = lights.reshape(-1, 3).astype(np.float32)
    found = fit_covers(points, [np.array(ink, np.float32) for ink in inks]).T
    return np.ascontiguousarray(found + 1j * np.diff(found, axis=1, append=0), np.complex64)


def fit_covers(light: FloatArray, inks: Sequence[FloatArray], sweeps: int = 8) -> FloatArray:
    """Compute ``covers`` without a grid: fit each ink in turn to what the others leave."""
    cover = np.zeros((len(light), len(inks)), np.float32)
    for sweep in range(sweeps if len(inks) > 1 else 1):
        order = range(len(inks))
        for number in reversed(order) if sweep == 0 else order:
            others = np.ones_like(light)
            for other in order:
                if other != number:
                    others *= 1 - cover[:, other : other + 1] * (1 - inks[other])
            taken = others * (1 - inks[number])
            miss = others - light
            fit = (miss * taken) @ LUMINANCE / np.maximum((taken * taken) @ LUMINANCE, 1e-6)
            cover[:, number] = np.clip(fit, 0, 1)
    return cover
