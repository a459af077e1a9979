"""Latents from a truncated normal distribution.

Brock et al. 2019, "Large Scale GAN Training for High Fidelity Natural Image Synthesis", section
3.1: values beyond a limit are drawn again. ``truncation`` shrinks all values instead, which makes
latents shorter than any that the networks were trained with.
"""

from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugins.latents import ClippedOptions

ROUNDS = 2000
"""Most that single values are drawn again; at the smallest limit one in e^80 is left then."""


class Clipped:
    """Draws values again until each is within the limit."""

    def __init__(self, options: ClippedOptions) -> None:
        self.limit = options.limit

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return the latent (1, *latent_shape) with other numbers for those that are too far."""
        del labels
        for attempt in range(ROUNDS):
            far = values.abs() > self.limit
            if not bool(far.any()):
                break
            values = values.where(~far, context.noise("clipped", attempt))
        return values.clamp(-self.limit, self.limit)
