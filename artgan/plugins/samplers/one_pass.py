"""One pass through the generator, as in training."""

from torch import Tensor

from artgan.plugin import Options
from artgan.plugin.sampling import SamplingContext


class OnePass:
    """Makes images of values as they are."""

    def __init__(self, options: Options) -> None:
        del options

    def sample(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of latents or styles."""
        return context.generate(values, labels)
