"""Cheap measures of how training goes: distance from the real pictures, and variety.

The distance is the sliced Wasserstein distance between patches of a Laplacian pyramid (Karras et
al. 2018, "Progressive Growing of GANs", section 5): it needs no trained network, works for any
pictures, and takes a fraction of a second. It ranks checkpoints of one run; it is not a score to
compare runs on different data.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.core.keyed import keyed_generator

PATCH = 7
PATCHES_PER_IMAGE = 32
DIRECTIONS = 128


def _pyramid(images: Tensor) -> list[Tensor]:
    """Split images into bands of detail, finest first, down to 16 pixels or fewer."""
    bands = []
    while min(images.shape[2:]) >= 2 * PATCH:
        small = F.avg_pool2d(images, 2, ceil_mode=True)
        bands.append(images - F.interpolate(small, size=images.shape[2:], mode="bilinear"))
        images = small
    return [*bands, images]


def _patches(band: Tensor, key: torch.Generator) -> Tensor:
    """Give normalised random patches (P, C * 49) of a band (N, C, H, W)."""
    size = min(PATCH, *band.shape[2:])
    patches = band.unfold(2, size, 1).unfold(3, size, 1)
    patches = patches.permute(0, 2, 3, 1, 4, 5).flatten(1, 2)
    picks = torch.randint(patches.shape[1], (len(band), PATCHES_PER_IMAGE), generator=key)
    chosen = torch.stack([p[i] for p, i in zip(patches, picks, strict=True)])
    return chosen.flatten(0, 1).flatten(1)


def sliced_distance(real: Tensor, fake: Tensor) -> float:
    """Give the sliced Wasserstein distance of two sets of images (N, C, H, W), equal in number.

    Returns:
        Mean over the pyramid's bands of the mean absolute difference of sorted projections,
        each band scaled by the real patches' spread; 0 for equal sets.
    """
    total = 0.0
    bands = list(zip(_pyramid(real.float().cpu()), _pyramid(fake.float().cpu()), strict=True))
    for level, (real_band, fake_band) in enumerate(bands):
        # The same places and directions for both, so that equal sets have distance 0.
        real_patches = _patches(real_band, keyed_generator("patches", level))
        fake_patches = _patches(fake_band, keyed_generator("patches", level))
        mean, spread = real_patches.mean(0), real_patches.std().clamp(min=1e-3)
        key = keyed_generator("directions", level)
        directions = F.normalize(
            torch.randn(real_patches.shape[1], DIRECTIONS, generator=key), dim=0
        )
        left = ((real_patches - mean) / spread @ directions).sort(dim=0).values
        right = ((fake_patches - mean) / spread @ directions).sort(dim=0).values
        total += float((left - right).abs().mean())
    return total / len(bands)


def variety(images: Tensor) -> float:
    """Give the mean distance between pairs of images (N, C, H, W), shrunk to 16 pixels.

    A share of the real pictures' value near 0 means that the fakes are all alike.
    """
    small = F.adaptive_avg_pool2d(images.float().cpu(), 16).flatten(1)
    return float(torch.pdist(small).mean()) if len(small) > 1 else 0.0
