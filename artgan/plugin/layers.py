"""Shared tools for networks, losses and penalties (torch)."""

from collections.abc import Callable

import torch
from torch import Tensor

Network = Callable[[Tensor], Tensor]
"""What a penalty is given: maps images to logits, or on the generator's side latents to images."""


def input_gradient(network: Network, images: Tensor) -> Tensor:
    """Compute the gradient of each logit with respect to its own picture.

    Args:
        network: Maps images (N, C, H, W) to logits (N,).
        images: Pictures (N, C, H, W) at which the gradient is taken.

    Returns:
        Gradients (N, C, H, W), which can be differentiated again.
    """
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(network(images).sum(), images, create_graph=True)
    return gradient
