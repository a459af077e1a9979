"""Finds the start that is nearest to the user's pictures."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from artgan.base.contributions import Entry
from artgan.core.registry import Registry
from artgan.starts.nearness import distances, picture_features
from artgan.starts.origin import read_weights

LIMIT = 1.25
"""Distance from which a start is too far to be taken unasked: see ``docs/decisions.md``."""


@dataclass(frozen=True)
class Candidate:
    """A start, and how near pictures are to it.

    Attributes:
        entry: The start.
        share: Share of the pictures that are nearer to it than to any other start.
        distance: Mean distance of the pictures from those that it was trained on.
    """

    entry: Entry
    share: float
    distance: float

    @property
    def near(self) -> bool:
        """Whether it is near enough to be taken unasked."""
        return self.distance <= LIMIT


def rank_starts(images: NDArray[np.uint8], registry: Registry) -> list[Candidate]:
    """List the built-in starts, nearest first.

    ``images`` are uint8 (N, H, W, C). Starts of plugins are left to their users, as
    their networks are.
    """
    entries = [e for e in registry.entries("start") if e.plugin.id == "core"]
    if not entries:
        return []
    features = picture_features(images)
    away = torch.stack([distances(features, _features(entry)) for entry in entries])
    shares = torch.bincount(away.argmin(0), minlength=len(entries)) / away.shape[1]
    found = [
        Candidate(entry, float(share), float(row.mean()))
        for entry, share, row in zip(entries, shares, away, strict=True)
    ]
    found.sort(key=lambda candidate: -candidate.share)
    return found


def _features(entry: Entry) -> torch.Tensor:
    weights = entry.declaration.weights[0]
    return read_weights(entry, weights.file)["features"]


def has_size(entry: Entry, size: tuple[int, int]) -> bool:
    """Tell whether a start was trained on pictures of exactly that size (height, width).

    Its weights fit others too; why they are not taken there unasked: see ``docs/decisions.md``.
    """
    return any((w.height, w.width) == size for w in entry.declaration.weights)


def fits(entry: Entry, architecture: Entry, size: tuple[int, int]) -> bool:
    """Tell whether a start has weights for these networks and pictures (height, width)."""
    named = entry.declaration.architecture
    return named in (architecture.full_name, architecture.declaration.name) and has_size(
        entry, size
    )


def draws_blocks(entry: Entry) -> bool:
    """Tell whether the networks of a start enlarge pixels as they are, as pixel art wants it."""
    return all(w.options.get("upsampling") == "nearest" for w in entry.declaration.weights)
