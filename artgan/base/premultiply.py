"""Multiplies the colours of images by their alpha, and divides them by it again.

Porter and Duff 1984, "Compositing Digital Images", section 3: multiplied by alpha, a clear pixel
has no colour, and pictures may be averaged and resampled channel by channel. Networks learn images
so; files hold straight alpha.
"""

import torch
from torch import Tensor

LEAST = 2 / 255
"""Smallest alpha, of 2, that colours are divided by: one level of a file."""


def premultiply(images: Tensor) -> Tensor:
    """Multiply the colours of RGBA images (N, 4, H, W) in [-1, 1] by alpha.

    Clear pixels become -1 in all channels, whatever colour was hidden in them.
    """
    result = images.clone()
    result[:, :3] = (images[:, :3] + 1) * ((images[:, 3:] + 1) / 2) - 1
    return result


def straighten(images: Tensor) -> Tensor:
    """Divide the colours of premultiplied RGBA images (N, 4, H, W) by alpha; clipped to [-1, 1]."""
    levels = images.clamp(-1, 1) + 1
    color, alpha = levels[:, :3], levels[:, 3:]
    straight = (color / alpha.clamp(min=LEAST)).clamp(max=1) * 2 - 1
    return torch.cat([straight, alpha - 1], 1)
