"""DiffAugment (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training").

Section 3 and appendix: brightness by -0.5 to 0.5 (of pictures in [-1, 1]), saturation times 0 to 2,
contrast times 0.5 to 1.5, shift by up to an eighth, a square hole of half the side. Pixels from
outside are 0, mid-grey. Each picture is changed at random on its own.
"""

import torch
from torch import Tensor

from artgan.plugins.augmentations import DiffAugmentOptions


class DiffAugment:
    """Changes colour, shifts and cuts, in this order; each can be switched off."""

    premultiplied = True

    def __init__(self, options: DiffAugmentOptions) -> None:
        self._options = options

    def __call__(self, images: Tensor) -> Tensor:
        """Change images (N, C, H, W) in [-1, 1]; values may leave that range."""
        if self._options.color:
            images = change_color(images, self.premultiplied)
        if self._options.translation > 0:
            images = shift(images, self._options.translation)
        if self._options.cutout > 0:
            images = cut(images, self._options.cutout)
        return images


def _draw(images: Tensor) -> Tensor:
    """Draw a number in [0, 1) for each image, (N, 1, 1, 1)."""
    return torch.rand(len(images), 1, 1, 1, dtype=images.dtype, device=images.device)


def change_color(images: Tensor, premultiplied: bool = False) -> Tensor:
    """Change brightness, saturation and contrast; alpha stays.

    With ``premultiplied`` colours the changes are multiplied by alpha too, so that clear pixels
    keep no colour, and the mean that contrast turns about is that of what can be seen.
    """
    alpha = images[:, 3:]
    if premultiplied and alpha.shape[1]:
        return _change_covered(images)
    color = images[:, :3] + _draw(images) - 0.5
    grey = color.mean(1, keepdim=True)
    color = (color - grey) * (_draw(images) * 2) + grey
    level = color.mean((1, 2, 3), keepdim=True)
    color = (color - level) * (_draw(images) + 0.5) + level
    return torch.cat([color, alpha], 1) if alpha.shape[1] else color


def _change_covered(images: Tensor) -> Tensor:
    cover = (images[:, 3:] + 1) / 2
    # Colours in [-1, 1] times alpha: what changes a colour by t changes this by t times alpha.
    color = images[:, :3] + 1 - cover
    color = color + (_draw(images) - 0.5) * cover
    grey = color.mean(1, keepdim=True)
    color = (color - grey) * (_draw(images) * 2) + grey
    seen = cover.mean((1, 2, 3), keepdim=True).clamp(min=1e-6)
    level = color.mean((1, 2, 3), keepdim=True) / seen * cover
    color = (color - level) * (_draw(images) + 0.5) + level
    return torch.cat([color - 1 + cover, images[:, 3:]], 1)


def shift(images: Tensor, share: float) -> Tensor:
    """Move each image by whole pixels, up to a share of each side."""
    for axis in (2, 3):
        side = images.shape[axis]
        reach = int(side * share + 0.5)
        moved = torch.randint(-reach, reach + 1, (len(images), 1), device=images.device)
        source = torch.arange(side, device=images.device) + moved
        inside = ((source >= 0) & (source < side)).to(images.dtype)
        shape = (-1, 1, side, 1) if axis == 2 else (-1, 1, 1, side)
        index = source.clamp(0, side - 1).view(shape).expand_as(images)
        images = images.gather(axis, index) * inside.view(shape)
    return images


def cut(images: Tensor, share: float) -> Tensor:
    """Set a square of each image to 0; its middle may lie anywhere."""
    outside = torch.zeros(len(images), 1, 1, 1, dtype=torch.bool, device=images.device)
    for axis in (2, 3):
        side = images.shape[axis]
        width = int(side * share + 0.5)
        start = torch.randint(-(width // 2), side - width // 2, (len(images), 1)).to(images.device)
        place = torch.arange(side, device=images.device)
        missed = (place < start) | (place >= start + width)
        outside = outside | missed.view((-1, 1, side, 1) if axis == 2 else (-1, 1, 1, side))
    return images * outside.to(images.dtype)
