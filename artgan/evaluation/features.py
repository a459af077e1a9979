"""Features of pictures, by an extractor chosen by name."""

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from artgan.base.calls import split_call
from artgan.base.options import build_options, to_plain
from artgan.core.images import Pixels
from artgan.core.registry import Entry, Registry
from artgan.errors import OptionError, PluginError
from artgan.evaluation.metrics import Features

CHUNK = 32

CPU_CHUNK = 4
"""Pictures that an extractor sees at once: few on a processor, where layers of many take buffers so
large that the system clears their memory anew each time, which took longer than the work."""

Extract = Callable[[torch.Tensor], torch.Tensor]

Tick = Callable[[int], object]


def choose_extractor(registry: Registry, name: str | None = None) -> Entry:
    """Find an extractor, or the first whose packages and weights are here."""
    if name:
        return registry.find("extractor", name)
    entries = [e for e in registry.entries("extractor") if not e.declaration.fetches]
    return next(
        entry for entry in entries if all(map(importlib.util.find_spec, entry.declaration.needs))
    )


def parse_extractor(registry: Registry, text: str | None) -> tuple[Entry, Any, str]:
    """Read "vision" or "vision:model=./dinov2,side=224".

    Args:
        registry: Where its name is looked up.
        text: None takes the best that is installed.

    Returns:
        The extractor, its options, and what results are filed under: its full name, and what
        differs from its defaults, since values of other weights cannot be compared.

    Raises:
        ArtganError: There is none of that name, or an option is wrong.
    """
    name, values = split_call(text) if text else (None, {})
    if "" in values:
        raise OptionError(
            f"extractor '{text}' does not fit; expected option=value, as in "
            "vision:model=./dinov2; artgan show extractor tells its options"
        )
    entry = choose_extractor(registry, name)
    options = build_options(entry.declaration.options, values, entry.where)
    usual = to_plain(entry.declaration.options())
    other = [f"{k}={v}" for k, v in to_plain(options).items() if v != usual[k]]
    return entry, options, ":".join([entry.full_name, *([",".join(other)] if other else [])])


def features_of(
    extract: Extract, pictures: Any, entry: Entry, device: str, tick: Tick = lambda _: None
) -> Features:
    """Give features (N, D) of pixels (H, W, C), in constant memory but for the features.

    Raises:
        PluginError: The extractor broke its contract.
    """
    parts: list[Features] = []
    chunk: list[Pixels] = []
    size = CPU_CHUNK if device == "cpu" else CHUNK

    def look() -> None:
        features = extract(_colour(np.stack(chunk)).to(device))
        if features.ndim != 2 or len(features) != len(chunk):
            raise PluginError(
                f"{entry.where} gave features of shape {tuple(features.shape)}; expected "
                f"({len(chunk)}, D)"
            )
        parts.append(features.double().cpu().numpy())
        tick(len(chunk))
        chunk.clear()

    for pixels in pictures:
        chunk.append(pixels)
        if len(chunk) == size:
            look()
    if chunk:
        look()
    return np.concatenate(parts)


def _colour(pixels: Pixels) -> torch.Tensor:
    """Turn pixels (N, H, W, C) into RGB images (N, 3, H, W) in [-1, 1]; alpha lies on mid-grey."""
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    if images.shape[1] == 4:
        alpha = (images[:, 3:] + 1) / 2
        images = images[:, :3] * alpha
    return images.expand(-1, 3, -1, -1).contiguous()
