"""Shared tools for networks, losses and penalties (torch)."""

from collections.abc import Callable

import torch


def input_gradient(
    network: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor
) -> torch.Tensor:
    """Give the gradient of each logit by its own picture, ready to be differentiated again.

    Args:
        network: Images (N, C, H, W) to logits (N,).
        images: Where to look, (N, C, H, W).

    Returns:
        Gradients of the images' shape.
    """
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(network(images).sum(), images, create_graph=True)
    return gradient
