"""See-through inks: their colours, and how much of each a picture needs.

Where dots of inks fall on each other by chance, what is left of the light is the product over all
inks of 1 - cover (1 - ink) (Demichel's shares in Neugebauer's mean), so that is what is solved.
"""

from collections.abc import Sequence

import numpy as np

from artgan.plugin import StyleError
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
SEEN = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""How much each channel counts: relative luminance."""


def ink_light(color: str) -> FloatArray:
    """Give the light (3,) that an ink lets through, by name or hex."""
    try:
        return srgb_to_linear(parse_hex(INKS.get(color, color)))
    except ValueError as error:
        raise StyleError(
            f"'{color}' is no ink; expected {', '.join(INKS)}, or a colour as in ff48b0"
        ) from error


def covers(light: FloatArray, inks: Sequence[FloatArray], sweeps: int = 8) -> FloatArray:
    """Find how much of each ink gives a light.

    Args:
        light: Linear light (N, 3) wanted, as a share of the paper's.
        inks: Light (3,) that each lets through.
        sweeps: How often each ink is fitted to what the others leave.

    Returns:
        Covers (N, K) in [0, 1]; the last ink gets what it can do alone first, as black does.
    """
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
            fit = (miss * taken) @ SEEN / np.maximum((taken * taken) @ SEEN, 1e-6)
            cover[:, number] = np.clip(fit, 0, 1)
    return cover
