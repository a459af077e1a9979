"""Chooses the start that is nearest to the user's pictures, or none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file

from artgan.core.registry import Entry, Registry
from artgan.starts.nearness import distance, picture_features
from artgan.starts.origin import nearest_size

LIMIT = 2.0
"""Distance from which a start is too far to be taken unasked: see ``docs/decisions.md``."""


@dataclass(frozen=True)
class Candidate:
    """A start and how far the pictures are from it; see ``nearness.distance``."""

    entry: Entry
    distance: float

    @property
    def near(self) -> bool:
        """Whether it is near enough to be taken unasked."""
        return self.distance <= LIMIT


def rank_starts(
    images: NDArray[np.uint8], architecture: Entry, registry: Registry
) -> list[Candidate]:
    """List the built-in starts for an architecture that were trained at this size, nearest first.

    ``images`` are uint8 (N, H, W, C). Starts of plugins are taken by name only, as their networks
    are.
    """
    height, width = images.shape[1:3]
    found = []
    features = None
    for entry in registry.entries("start"):
        declared = entry.declaration
        weights = nearest_size(declared.weights, (height, width))
        fits = (weights.height, weights.width) == (height, width)
        named = declared.architecture in (architecture.full_name, architecture.declaration.name)
        if entry.plugin.id != "core" or not fits or not named:
            continue
        if features is None:
            features = picture_features(images)
        found.append(Candidate(entry, distance(features, load_file(weights.file)["features"])))
    return sorted(found, key=lambda candidate: candidate.distance)
