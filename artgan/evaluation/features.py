"""Features of pictures, computed by an extractor."""

import importlib.util
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np
import torch

from artgan.base.contributions import Entry
from artgan.base.options import build_options, call_text, split_call
from artgan.core.images import Pixels
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError
from artgan.evaluation.metrics import Features

BATCH = 32

CPU_BATCH = 4
"""Pictures in a batch: few on a CPU, where clearing large buffers anew for each layer took longer
than the computation."""

Extract = Callable[[torch.Tensor], torch.Tensor]

Tick = Callable[[int], object]


def choose_extractor(registry: Registry, name: str | None = None) -> Entry:
    """Find an extractor by name, or the first whose packages and weights are installed."""
    if name:
        return registry.find("extractor", name)
    entries = [e for e in registry.entries("extractor") if not e.declaration.fetches]
    return next(
        entry for entry in entries if all(map(importlib.util.find_spec, entry.declaration.needs))
    )


def parse_extractor(registry: Registry, text: str | None) -> tuple[Entry, Any, str]:
    """Parse "vision" or "vision:model=./dinov2,side=224"; None is the best that is installed.

    The last value is the name of its results: its full name and the options that differ from the
    defaults, since scores with other weights cannot be compared.
    """
    name, values = split_call(text) if text else (None, {})
    if "" in values:
        raise OptionError(
            f"extractor '{text}' does not fit; expected option=value, as in "
            "vision:model=./dinov2; artgan show extractor tells its options"
        )
    entry = choose_extractor(registry, name)
    options = build_options(entry.declaration.options, values, entry.where)
    return entry, options, call_text(entry.full_name, options)


def features_of(
    extract: Extract,
    pictures: Iterable[Pixels],
    entry: Entry,
    device: str,
    tick: Tick = lambda _: None,
) -> Features:
    """Compute features (N, D) in float64, batch by batch.

    An extractor takes images (N, 3, H, W) in [-1, 1]; the pictures (H, W, C) are all of one size.
    ``entry`` is the extractor for messages; ``tick`` is called with the number of pictures of each
    batch.
    """
    parts: list[Features] = []
    remaining = iter(pictures)
    while batch := list(islice(remaining, CPU_BATCH if device == "cpu" else BATCH)):
        features = extract(_rgb_images(np.stack(batch)).to(device))
        if features.ndim != 2 or len(features) != len(batch):
            raise PluginError(
                f"{entry.where} gave features of shape {tuple(features.shape)}; expected "
                f"({len(batch)}, D)"
            )
        parts.append(features.double().cpu().numpy())
        tick(len(batch))
    return np.concatenate(parts)


def _rgb_images(pixels: Pixels) -> torch.Tensor:
    """Turn pixels (N, H, W, C) into RGB images (N, 3, H, W) in [-1, 1]; clear becomes mid-grey."""
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    if images.shape[1] == 4:
        alpha = (images[:, 3:] + 1) / 2
        images = images[:, :3] * alpha
    return images.expand(-1, 3, -1, -1).contiguous()
