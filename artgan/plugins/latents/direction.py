"""A step along one of the directions that ``artgan directions`` found."""

from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugins.latents import DirectionOptions


class Direction:
    """Adds a direction, so many standard deviations long."""

    def __init__(self, options: DirectionOptions) -> None:
        self.name, self.amount = options.name, options.amount

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return latents (N, *latent_shape) or styles (N, L, W) moved alike."""
        del labels
        return values + self.amount * context.direction(self.name).to(values)
