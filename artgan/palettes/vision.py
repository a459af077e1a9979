"""What colours look like to colour-blind readers.

Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision
Deficiency": matrices of linear sRGB for the whole lack of one kind of cones.
"""

from dataclasses import dataclass

import numpy as np

from artgan.plugin.color import (
    FloatArray,
    linear_to_srgb,
    srgb_to_linear,
    srgb_to_oklab,
    to_hex,
)

MATRICES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Kind of vision -> matrix (severity 1.0): without red, green or blue cones."""

ALIKE = 0.04
"""Distance in OKLab below which two colours are mixed up: twice what can hardly be seen."""


@dataclass(frozen=True)
class Confusion:
    """Two colours, as hex, that a reader mixes up; their distance in OKLab for that reader."""

    vision: str
    pair: tuple[str, str]
    apart: float


def as_seen(colors: FloatArray, vision: str) -> FloatArray:
    """Return colours (..., 3), sRGB, as somebody with a kind of vision sees them."""
    light = srgb_to_linear(colors) @ np.array(MATRICES[vision], np.float32).T
    return linear_to_srgb(np.clip(light, 0, 1))


def confusions(colors: FloatArray) -> list[Confusion]:
    """List the pairs of colours (K, 3) that colour-blind readers mix up and others do not."""
    names, found = to_hex(colors), []
    plain = _distances(colors)
    for vision in MATRICES:
        apart = _distances(as_seen(colors, vision))
        for one, other in zip(*np.triu_indices(len(colors), 1), strict=True):
            if apart[one, other] < ALIKE <= plain[one, other]:
                pair = (names[one], names[other])
                found.append(Confusion(vision, pair, float(apart[one, other])))
    return sorted(found, key=lambda each: each.apart)


def _distances(colors: FloatArray) -> FloatArray:
    lab = srgb_to_oklab(colors)
    apart: FloatArray = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(2))
    return apart
