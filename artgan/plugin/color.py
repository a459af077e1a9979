"""Colour for filters: sRGB encoding, linear light, OKLab."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def srgb_to_linear(encoded: FloatArray) -> FloatArray:
    """Turn sRGB-encoded values in [0, 1] into linear light (IEC 61966-2-1)."""
    low = encoded / 12.92
    high = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, low, high).astype(np.float32)


def linear_to_srgb(light: FloatArray) -> FloatArray:
    """Turn linear light in [0, 1] into sRGB-encoded values (IEC 61966-2-1)."""
    low = light * 12.92
    high = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, low, high).astype(np.float32)
