"""Hinge: Lim and Ye 2017, "Geometric GAN"; Miyato et al. 2018 (SNGAN), equations 16 and 17."""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugins.losses import HingeOptions


class Hinge:
    """The discriminator learns only from pictures whose logits are within the margin."""

    def __init__(self, options: HingeOptions) -> None:
        self.margin = options.margin
        self.looseness = options.looseness

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Push real logits (N,) above the margin and fake logits (N,) below its negative."""
        real_margin, fake_margin = self._margin(real_logits), self._margin(fake_logits)
        return F.relu(real_margin - real_logits).mean() + F.relu(fake_margin + fake_logits).mean()

    def _margin(self, logits: Tensor) -> Tensor | float:
        """Return one margin for all, or draw one for each picture, so that none can be learned."""
        if not self.looseness:
            return self.margin
        return self.margin * (1 - self.looseness * torch.rand_like(logits))

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Push fake logits (N,) up without bound."""
        return -fake_logits.mean()
