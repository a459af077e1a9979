"""Cheap measures of how training goes: how much the pictures differ among each other."""

import torch
import torch.nn.functional as F
from torch import Tensor

APART = 0.3
"""Share of the mean distance that the nearest must be away, among the reals, for fakes to be held
against it; creatures and digits have 0.6, crops of textures 0.8."""


def variety(fakes: Tensor, reals: Tensor) -> float:
    """Compute how much fakes (N, C, H, W) differ among each other, as a share of what reals do.

    The smaller of two shares, of pictures shrunk to 16 pixels: that of the mean distance of pairs,
    near 0 where all fakes are alike, and that of the mean distance to the nearest other, near 0
    where they are a few pictures again and again, such as one of each label. The second is left out
    where the reals are so few, or so alike, that they too come again among so many. There are as
    many reals, drawn with replacement: a generator that has learnt all of a small set repeats
    itself as often.
    """
    (made, nearest_made), (real, nearest_real) = map(distances, (fakes, reals))
    share = made / max(real, 1e-6)
    if nearest_real < APART * real:
        return share
    return min(share, nearest_made / max(nearest_real, 1e-6))


def distances(images: Tensor) -> tuple[float, float]:
    """Compute the mean distance of pairs of images (N, C, H, W), and to the nearest other."""
    small = shrunk(images)
    if len(small) < 2:
        return 0.0, 0.0
    # Without the shortcut through products, which finds equal pictures a little apart.
    pairs = torch.cdist(small, small, compute_mode="donot_use_mm_for_euclid_dist")
    mean = pairs.sum() / (len(small) * (len(small) - 1))
    return float(mean), float(pairs.fill_diagonal_(torch.inf).amin(1).mean())


def shrunk(images: Tensor) -> Tensor:
    """Shrink images (N, C, H, W) to 16 x 16 pixels and flatten them to rows (N, 256 C)."""
    return F.adaptive_avg_pool2d(images.float().cpu(), 16).flatten(1)
