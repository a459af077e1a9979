"""R2: Mescheder et al. 2018, "Which training methods for GANs do actually converge?", eq. 10."""

from collections.abc import Callable

import torch

from artgan.plugin.layers import input_gradient
from artgan.plugins.regularizers import ZeroCentredOptions


class R2:
    """gamma / 2 times the mean squared gradient norm at fakes."""

    def __init__(self, options: ZeroCentredOptions) -> None:
        self.gamma = options.gamma

    def penalty(
        self,
        network: Callable[[torch.Tensor], torch.Tensor],
        real: torch.Tensor,
        fake: torch.Tensor,
    ) -> torch.Tensor:
        """Give the penalty at fake images (N, C, H, W)."""
        return self.gamma / 2 * input_gradient(network, fake).square().sum((1, 2, 3)).mean()
