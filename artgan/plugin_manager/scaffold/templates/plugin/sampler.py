"""The sampler: the steps between points and pictures."""

import torch
from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugin_manager.scaffold.templates.plugin import SamplerOptions


class MeanOfMany:
    """Averages pictures of points around the own one."""

    def __init__(self, options: SamplerOptions) -> None:
        self.count, self.spread = options.count, options.spread

    def sample(
        self,
        values: Tensor,
        labels: Tensor | None,
        context: SamplingContext,
    ) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of values, latents or styles."""
        around = [values + self.spread * context.noise(number) for number in range(self.count)]
        return torch.stack([context.generate(each, labels) for each in around]).mean(0)
