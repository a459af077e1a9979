"""Random flips, turns and crops of real batches."""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F


class VaryOptions(Protocol):
    """Options of a dataset that may vary its pictures.

    Attributes:
        flip: "none", or along which axis pictures are mirrored: "x", "y" or "both".
        rotate: Most degrees by which they are turned.
        crop: Largest share that is cut off.
    """

    @property
    def flip(self) -> str:
        """Read it."""

    @property
    def rotate(self) -> float:
        """Read it."""

    @property
    def crop(self) -> float:
        """Read it."""


@dataclass(frozen=True)
class Vary:
    """Changes each image of a batch on its own."""

    options: VaryOptions

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """Mirror, turn and crop images (N, C, H, W) at random, as the options say."""
        count, device = len(images), images.device
        for axis, name in ((3, "x"), (2, "y")):
            if self.options.flip in (name, "both"):
                chosen = (torch.rand(count) < 0.5).to(device).view(-1, 1, 1, 1)
                images = torch.where(chosen, images.flip(axis), images)
        if not self.options.rotate and not self.options.crop:
            return images
        height, width = images.shape[2:]
        angle = (torch.rand(count) * 2 - 1) * math.radians(self.options.rotate)
        zoom = 1 - torch.rand(count) * self.options.crop
        shift = (torch.rand(count, 2) * 2 - 1) * (1 - zoom).unsqueeze(1)
        cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
        # Coordinates run from -1 to 1 along both sides, so a rotation has to undo their ratio.
        ratio = height / width
        rows = [
            torch.stack([cos, -sin * ratio, shift[:, 0]], 1),
            torch.stack([sin / ratio, cos, shift[:, 1]], 1),
        ]
        grid = F.affine_grid(
            torch.stack(rows, 1).to(device), list(images.shape), align_corners=False
        )
        return F.grid_sample(
            images, grid, mode="bilinear", padding_mode="reflection", align_corners=False
        )
