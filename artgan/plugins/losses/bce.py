"""Binary cross-entropy on logits with the non-saturating generator loss.

Goodfellow et al. 2014, "Generative Adversarial Nets", equation 1 and section 3. One-sided label
smoothing is from Salimans et al. 2016, section 3.4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugins.losses import BceOptions


class Bce:
    """-E log D(x) - E log(1 - D(G(z))) and -E log D(G(z)), with D = sigmoid of the logit."""

    def __init__(self, options: BceOptions) -> None:
        self.target = 1.0 - options.smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Push real logits (N,) up and fake logits (N,) down."""
        target = torch.full_like(real_logits, self.target)
        real = F.binary_cross_entropy_with_logits(real_logits, target)
        # softplus(l) = -log(1 - sigmoid(l))
        return real + F.softplus(fake_logits).mean()

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Push fake logits (N,) up, most where the discriminator is sure that they are fake."""
        # softplus(-l) = -log sigmoid(l)
        return F.softplus(-fake_logits).mean()
