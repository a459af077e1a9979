"""Builds the networks of a start as their architecture does."""

import torch

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.plugin import ArchContext, StartWeights
from artgan.starts.origin import read_weights


def build_network(architecture: Entry, weights: StartWeights, side: str) -> torch.nn.Module:
    """Build the "generator" or "discriminator" that weights are for, with random ones."""
    options = build_options(architecture.declaration.options, weights.options, architecture.where)
    context = ArchContext(
        height=weights.height,
        width=weights.width,
        channels=weights.channels,
        classes=weights.classes,
        tileable=bool(getattr(options, "tileable", False)),
    )
    network: torch.nn.Module = architecture.call(side, context, options)
    return network


def trained_network(
    entry: Entry, weights: StartWeights, side: str, registry: Registry
) -> torch.nn.Module:
    """Build the "generator" or "discriminator" of a start with its weights, for use as it is."""
    architecture = registry.find("architecture", entry.declaration.architecture)
    network = build_network(architecture, weights, side)
    held = read_weights(entry, weights.file).items()
    prefix = f"{side}."
    network.load_state_dict({k.removeprefix(prefix): v for k, v in held if k.startswith(prefix)})
    return network.eval()
