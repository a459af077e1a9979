"""Style mixing.

Karras et al. 2019, "A Style-Based Generator Architecture for GANs", section 3.1.
"""

import torch
from torch import Tensor

from artgan.plugin import OptionError
from artgan.plugin.sampling import SamplingContext
from artgan.plugins.latents import MixingOptions


class StyleMixing:
    """Replaces the styles of the finer layers by those of another seed."""

    def __init__(self, options: MixingOptions) -> None:
        self.seed, self.layer = options.seed, options.layer

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return styles (N, L, W); the other seed's are made with the labels of each."""
        if not context.in_styles:
            raise OptionError(
                "this architecture has no styles that could be mixed; only those with a mapping "
                "network do. Leave --mix out, or blend latents with --sum"
            )
        layers = values.shape[1]
        if not 0 < self.layer < layers:
            raise OptionError(
                f"layer {self.layer} cannot be mixed from; expected 1 to {layers - 1}"
            )
        latent = context.draw([self.seed])[0].to(values)
        other = context.styles(latent.expand(len(values), *latent.shape[1:]), labels)
        return torch.cat([values[:, : self.layer], other[:, self.layer :]], dim=1)
