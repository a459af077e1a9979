"""What a recipe reaches on MNIST after so many seconds of training.

    python -m benchmarks.time_to_quality --seconds 30,60,90 --recipes default,unlabelled,classic

The measure is the Frechet distance between features of 10,000 samples and of the 10,000 embedded
digits, by a small classifier of digits that is trained here first; two halves of the real digits
set the floor. Only training counts as time; a new run is trained for each row to its last second,
with the recipe's schedule fitted to it.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

import artgan
from artgan.core.build import build_networks, build_parts
from artgan.core.images import enlarge, grid, to_pil
from artgan.core.plan import Plan
from artgan.core.registry import default_registry
from artgan.core.sample import sample_pixels
from artgan.core.train import new_state, train

Features = NDArray[np.float64]
RECIPES: dict[str, dict[str, Any]] = {
    "default": {},
    "unlabelled": {"arch_options": {"labels": False}},
    "no-clusters": {"arch_options": {"labels": False}, "training_options": {"clusters": 0}},
    "classic": {"preset": "classic"},
}


class Classifier(nn.Module):
    """A small network for digits; its last layer but one is the measure's eye."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * 49, 64), nn.ReLU(),
        )  # fmt: skip
        self.score = nn.Linear(64, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Give class scores (N, 10)."""
        scores: torch.Tensor = self.score(self.features(images))
        return scores


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """Give all embedded digits as (images in [-1, 1], labels)."""
    table = artgan.plan(device="cpu").table
    images = torch.from_numpy(np.array(table.images)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return images, torch.from_numpy(np.array(table.labels))


def train_classifier(images: torch.Tensor, labels: torch.Tensor) -> Classifier:
    """Train the eye for six epochs, always the same."""
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
    """Give features (N, 64)."""
    return torch.cat([network.features(part) for part in images.split(500)]).double().numpy()


def frechet_distance(left: Features, right: Features) -> float:
    """Give the Frechet distance of two Gaussians (Heusel et al. 2017, equation 6)."""
    means = left.mean(0) - right.mean(0)
    first, second = np.cov(left, rowvar=False), np.cov(right, rowvar=False)
    # The trace of the root of a product is the sum of the roots of its eigenvalues.
    roots = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None)).sum()
    return float(means @ means + np.trace(first) + np.trace(second) - 2 * roots)


def pace(plan: Plan, trials: int = 9) -> float:
    """Give the seconds of a step: the best third of some trials, as other programs only slow it.

    A trial is eight steps, so that each holds its share of penalties that come now and then.
    """
    registry = default_registry()
    state = new_state(*build_networks(plan.config, registry), plan.config)
    steps = train(build_parts(plan.config, plan.table, registry), plan.config, state)
    times = []
    for _ in range(trials + 1):
        begun = time.perf_counter()
        for _ in range(8):
            next(steps)
        times.append((time.perf_counter() - begun) / 8)
    return float(np.mean(sorted(times[1:])[: trials // 3]))


def measure(settings: dict[str, Any], seconds: float, seed: int) -> tuple[torch.nn.Module, Plan]:
    """Train for so many seconds and give the averaged generator."""
    plan = artgan.plan(device="cpu", seed=seed, **settings)
    steps = max(1, int(seconds / pace(plan)))
    plan = artgan.plan(device="cpu", seed=seed, steps=steps, **settings)
    registry = default_registry()
    state = new_state(*build_networks(plan.config, registry), plan.config)
    begun = time.perf_counter()
    for _ in train(build_parts(plan.config, plan.table, registry), plan.config, state):
        pass
    print(f"    {steps} steps in {time.perf_counter() - begun:.0f} s", flush=True)
    return state.generator_ema, plan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", default="30,60,90")
    parser.add_argument("--recipes", default="default,unlabelled,classic")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheets", type=Path, help="folder for a sheet of each row")
    given = parser.parse_args()
    images, labels = digits()
    network = train_classifier(images, labels)
    real = features(network, images)
    print(f"two halves of the real digits: {frechet_distance(real[::2], real[1::2]):.1f}")
    for name in given.recipes.split(","):
        for seconds in map(float, given.seconds.split(",")):
            generator, plan = measure(RECIPES[name], seconds, given.seed)
            made = [p for _, p in sample_pixels(generator, range(10000), plan.config.label_weights)]
            fakes = torch.from_numpy(np.stack(made)).permute(0, 3, 1, 2).float() / 127.5 - 1
            distance = frechet_distance(real, features(network, fakes))
            print(f"{name:12}{seconds:6.0f} s{distance:10.1f}", flush=True)
            if given.sheets:
                given.sheets.mkdir(parents=True, exist_ok=True)
                sheet = grid([enlarge(p, 56) for p in made[:64]], columns=8)
                to_pil(sheet).save(given.sheets / f"{name}-{seconds:.0f}.png")


if __name__ == "__main__":
    main()
