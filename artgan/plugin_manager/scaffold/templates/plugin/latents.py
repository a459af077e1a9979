"""The latents: what becomes of points before the generator sees them."""

from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugin_manager.scaffold.templates.plugin import LatentsOptions


class Wander:
    """Mixes latents with others; their length stays that of standard normal ones."""

    def __init__(self, options: LatentsOptions) -> None:
        self.share = options.share

    def change(
        self,
        values: Tensor,
        labels: Tensor | None,
        context: SamplingContext,
    ) -> Tensor:
        """Return latents (N, *latent_shape), each moved by what its own seed draws."""
        other = context.noise("template-name")
        mixed: Tensor = values * (1 - self.share) ** 0.5 + other * self.share**0.5
        return mixed
