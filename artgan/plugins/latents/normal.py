"""Standard normal latents, as the networks were trained with."""

from torch import Tensor

from artgan.plugin import Options
from artgan.plugin.sampling import SamplingContext


class Normal:
    """Keeps the latent that a seed stands for."""

    def __init__(self, options: Options) -> None:
        del options

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return the latent (1, *latent_shape) as it is."""
        del labels, context
        return values
