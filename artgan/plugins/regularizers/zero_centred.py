"""R1 and R2, gradient penalties centred at 0.

Mescheder et al. 2018, "Which training methods for GANs do actually converge?", eq. 9 and 10.
"""

from torch import Tensor

from artgan.plugin.layers import Network, input_gradient
from artgan.plugins.regularizers import ZeroCentredOptions


class R1:
    """gamma / 2 times the mean squared norm of the gradient at real pictures."""

    def __init__(self, options: ZeroCentredOptions) -> None:
        self.gamma = options.gamma

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty at real images (N, C, H, W)."""
        return self.gamma / 2 * input_gradient(network, real).square().sum((1, 2, 3)).mean()


class R2(R1):
    """gamma / 2 times the mean squared norm of the gradient at fakes."""

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty at fake images (N, C, H, W)."""
        return super().penalty(network, fake, real)
