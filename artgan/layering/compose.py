"""Lays layers over each other (W3C Compositing and Blending Level 1, section 5, in sRGB)."""

from collections.abc import Sequence

import numpy as np

from artgan.layering.stack import MadeLayer
from artgan.plugin.color import BLENDS
from artgan.plugin.picture import FloatArray


def compose(layers: Sequence[MadeLayer]) -> FloatArray:
    """Return the picture (H, W, 4) of layers, the lowest first: sRGB and alpha in [0, 1]."""
    height, width = layers[0].pixels.shape[:2]
    color = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width, 1), np.float32)
    for made in layers:
        over = made.pixels[:, :, :3]
        share = made.pixels[:, :, 3:] * np.float32(made.layer.opacity)
        blended = np.clip(BLENDS[made.layer.blend](color, over), 0, 1)
        # Where nothing is below, the layer shows as it is.
        shown = over + (blended - over) * alpha
        total = share + alpha * (1 - share)
        mixed = share * shown + alpha * (1 - share) * color
        color = np.where(total > 0, mixed / np.maximum(total, np.float32(1e-6)), color)
        alpha = total
    return np.concatenate([np.clip(color, 0, 1), np.clip(alpha, 0, 1)], axis=2)
