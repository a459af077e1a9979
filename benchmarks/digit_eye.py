"""Rates digits by the Frechet distance of features of a small classifier of digits.

Networks for photographs overlook what makes a digit legible. The classifier is trained here, always
in the same way; the distance between two halves of the 10,000 embedded digits is 1.0.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

import artgan

Features = NDArray[np.float64]


class DigitEye:
    """A classifier of digits, and its features of the real ones."""

    def __init__(self) -> None:
        images, labels = real_digits()
        self.network = train_classifier(images, labels)
        self.real = features(self.network, images)

    def distance(self, images: torch.Tensor) -> float:
        """Compute the Frechet distance of samples (N, 1, 28, 28) in [-1, 1] to all real digits."""
        return frechet_distance(self.real, features(self.network, images))


class Classifier(nn.Module):
    """A small network for digits; its last layer but one provides the features."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * 49, 64), nn.ReLU(),
        )  # fmt: skip
        self.score = nn.Linear(64, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Compute class scores (N, 10)."""
        scores: torch.Tensor = self.score(self.features(images))
        return scores


def real_digits() -> tuple[torch.Tensor, torch.Tensor]:
    """Read all embedded digits as (images in [-1, 1], labels)."""
    table = artgan.plan(device="cpu").table
    images = torch.from_numpy(np.array(table.images)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return images, torch.from_numpy(np.array(table.labels))


def train_classifier(images: torch.Tensor, labels: torch.Tensor) -> Classifier:
    """Train the classifier for six epochs, always in the same way."""
    torch.manual_seed(0)
    network = Classifier()
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(6):
        for chosen in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            F.cross_entropy(network(images[chosen]), labels[chosen]).backward()
            optimizer.step()
    return network.eval()


@torch.no_grad()
def features(network: Classifier, images: torch.Tensor) -> Features:
    """Compute features (N, 64)."""
    return torch.cat([network.features(part) for part in images.split(500)]).double().numpy()


def frechet_distance(left: Features, right: Features) -> float:
    """Compute the Frechet distance of two Gaussians (Heusel et al. 2017, equation 6)."""
    means = left.mean(0) - right.mean(0)
    first, second = np.cov(left, rowvar=False), np.cov(right, rowvar=False)
    # The trace of the root of a product is the sum of the roots of its eigenvalues.
    roots = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None)).sum()
    return float(means @ means + np.trace(first) + np.trace(second) - 2 * roots)
