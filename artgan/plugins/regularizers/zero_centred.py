"""R1 and R2, gradient penalties centred at 0.

Mescheder et al. 2018, "Which training methods for GANs do actually converge?", eq. 9 and 10.
"""

import torch
from torch import Tensor

from artgan.plugin.layers import Network, input_gradient
from artgan.plugins.regularizers import ZeroCentredOptions

REACH = 0.05
"""Standard deviation of the noise that differences are taken over, for pixels in [-1, 1]."""


class R1:
    """gamma / 2 times the mean squared norm of the gradient at real pictures."""

    def __init__(self, options: ZeroCentredOptions) -> None:
        self.gamma, self.method = options.gamma, options.method

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty at real images (N, C, H, W)."""
        if self.method == "difference":
            return self.gamma / 2 * squared_slope(network, real)
        return self.gamma / 2 * input_gradient(network, real).square().sum((1, 2, 3)).mean()


def squared_slope(network: Network, images: Tensor) -> Tensor:
    """Estimate the mean squared norm of the gradient at images (N, C, H, W) by differences.

    Along noise u of deviation s a logit changes by the product of gradient and u, whose square is
    s^2 times the squared norm of the gradient on average. Both ways are tried, so that the
    curvature cancels.
    """
    noise = REACH * torch.randn_like(images)
    return ((network(images + noise) - network(images - noise)) / (2 * REACH)).square().mean()


class R2(R1):
    """gamma / 2 times the mean squared norm of the gradient at fakes."""

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty at fake images (N, C, H, W)."""
        return super().penalty(network, fake, real)
