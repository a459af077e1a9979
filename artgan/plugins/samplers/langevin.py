"""Steps through latent space towards pictures that the discriminator takes for real.

Che et al. 2020, "Your GAN is Secretly an Energy-based Model and You Should Use Discriminator
Driven Latent Sampling", section 3.2, equations 5 and 6: Langevin dynamics on the energy
E(z) = |z|^2 / 2 - d(G(z)), with the discriminator's logit d. There, z becomes
z - step / 2 * grad E + noise * sqrt(step) * n. What differs:

- The logit is multiplied by ``strength``: logits of our losses are no log ratios of densities.
- Without noise the steps only climb: the picture stays near the one of its seed, and moves with it
  in animations. So it is the default.
- Of styles, whose distribution is not known, the energy is the distance from where they began, in
  standard deviations of each value: a truncated picture stays truncated.
"""

import torch
from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugins.samplers import LangevinOptions

PROBES = 256
"""Seeds whose styles tell how much each value varies."""


class Langevin:
    """Goes up the logit for some steps, then makes the pictures."""

    def __init__(self, options: LangevinOptions) -> None:
        self.options = options
        self._spread: Tensor | None = None

    def sample(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of latents or styles, after the steps."""
        asked, begun = self.options, values
        if context.in_styles and self._spread is None:
            self._spread = context.styles(*context.draw(range(PROBES))).std(0, correction=0)
        spread = self._spread if context.in_styles and self._spread is not None else 1.0
        centre = begun if context.in_styles else torch.zeros_like(begun)
        for step in range(asked.steps):
            _, gradient = context.gradient(values, labels)
            # In units of the spread, in which the prior is standard normal.
            slope = (values - centre) / spread - asked.strength * gradient * spread
            values = values - asked.step / 2 * slope * spread
            if asked.noise:
                shaken = asked.noise * asked.step**0.5 * context.noise("langevin", step)
                values = values + shaken * spread
        return context.generate(values, labels)
