"""The regularizer: a penalty added to the discriminator's loss."""

from collections.abc import Callable

from torch import Tensor

from artgan.plugin_manager.scaffold.templates.plugin import RegularizerOptions


class Drift:
    """weight times the mean squared logit of real pictures."""

    def __init__(self, options: RegularizerOptions) -> None:
        self.weight = options.weight

    def penalty(
        self,
        network: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
    ) -> Tensor:
        """Compute the penalty for images (N, C, H, W) in [-1, 1]."""
        return self.weight * network(real).square().mean()
