"""Truncation: nearer to the mean, more usual, less varied.

Karras et al. 2019, "A Style-Based Generator Architecture for GANs", appendix B, of styles. Without
styles the latent itself is scaled, which goes towards the picture of the zero latent.
"""

from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugins.latents import TruncationOptions


class Truncation:
    """Scales the way from the mean."""

    def __init__(self, options: TruncationOptions) -> None:
        self.amount = options.amount

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return latents (N, *latent_shape) or styles (N, L, W) nearer to their mean."""
        del labels
        if not context.in_styles:
            return values * self.amount
        mean = context.style_mean
        return mean + (values - mean) * self.amount
