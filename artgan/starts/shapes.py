"""Sees what pictures show, by the discriminator of the start that is nearest to them.

The features of its last layer tell a face from a clock, whatever their colours; pixels tell yellow
from grey (``docs/decisions.md``).
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgan.base.contributions import Entry
from artgan.base.grounds import premultiplied_levels
from artgan.base.judgements import last_layer
from artgan.core.registry import Registry
from artgan.starts.choose import rank_starts
from artgan.starts.nearness import some_of
from artgan.starts.networks import trained_network

LEAST_SPREAD = 1e-3
AT_ONCE = 64
"""Pictures that are seen at once, which may be large."""

See = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures (N, H, W, C) to features (N, D)."""


def shape_features(images: NDArray[np.uint8], registry: Registry) -> See | None:
    """Return what computes features of pictures like these (N, H, W, C), uint8.

    Each feature varies by about 1 among these. None if there are no built-in starts.
    """
    ranked = rank_starts(images, registry)
    if not ranked:
        return None
    see = _features_by(ranked[0].entry, registry)
    spread = see(some_of(images)).std(0) + LEAST_SPREAD
    return lambda pictures: see(pictures) / spread


def _features_by(entry: Entry, registry: Registry) -> See:
    weights = entry.declaration.weights[0]
    size, channels = (weights.height, weights.width), weights.channels
    with torch.random.fork_rng(devices=[]):
        network = trained_network(entry, weights, "discriminator", registry)
    labels = torch.zeros(2, dtype=torch.int64)
    layer = network.get_submodule(last_layer(network, torch.zeros(2, channels, *size), labels))
    found: list[Tensor] = []
    layer.register_forward_pre_hook(lambda _, given: found.append(given[0].flatten(1).float()))

    def see(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        found.clear()
        for start in range(0, len(images), AT_ONCE):
            part = torch.tensor(premultiplied_levels(images[start : start + AT_ONCE]))
            # Bytes are scaled many times as fast as numbers.
            scaled = F.interpolate(part.permute(0, 3, 1, 2), size, mode="bilinear", antialias=True)
            with torch.inference_mode():
                shown = _with_channels(scaled.float() / 127.5 - 1, channels)
                network(shown, torch.zeros(len(shown), dtype=torch.int64))
        features: NDArray[np.float32] = torch.cat(found).numpy()
        return features

    return see


def _with_channels(values: Tensor, channels: int) -> Tensor:
    """Make images (N, C, H, W) in [-1, 1] grey, RGB or RGBA; alpha that is new is opaque."""
    color, alpha = values[:, :3], values[:, 3:]
    if channels == 1:
        return color.mean(1, keepdim=True)
    color = color.expand(-1, 3, -1, -1)
    if channels == 3:
        return color
    return torch.cat([color, alpha if alpha.shape[1] else torch.ones_like(color[:, :1])], 1)
