"""The trait: how much of the picture is dark."""

import numpy as np

from artgan.plugin.picture import Picture

DARK = 0.25


def measure_darkness(picture: Picture) -> float:
    """Return the share of pixels darker than ``DARK``, 0 to 1."""
    return float(np.mean(picture.color.mean(axis=2) < DARK))
