"""Gradient penalty: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", eq. 3."""

import torch
from torch import Tensor

from artgan.plugin.layers import Network, input_gradient
from artgan.plugins.regularizers import GradientPenaltyOptions


class GradientPenalty:
    """weight times the mean (gradient norm - target)^2 at random points between real and fake."""

    def __init__(self, options: GradientPenaltyOptions) -> None:
        self.weight = options.weight
        self.target = options.target

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty between real and fake images, both (N, C, H, W)."""
        share = torch.rand(len(real), 1, 1, 1).to(real)
        between = torch.lerp(fake, real, share)
        norms: Tensor = input_gradient(network, between).flatten(1).norm(dim=1)
        penalty: Tensor = self.weight * (norms - self.target).square().mean()
        return penalty
