"""Relativistic pairs: Jolicoeur-Martineau 2018, "The relativistic discriminator", section 4.1.

Huang et al. 2024, "The GAN is dead; long live the GAN!", section 2.1, show that with R1 and R2 it
converges without mode dropping.
"""

import torch.nn.functional as F
from torch import Tensor

from artgan.plugin import Options


class RelativisticPairs:
    """Compares each fake with a real picture of the same batch."""

    def __init__(self, options: Options) -> None:
        pass

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Push each real logit (N,) above the fake logit (N,) of its pair."""
        return F.softplus(fake_logits - real_logits).mean()

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Push each fake logit (N,) above the real logit (N,) of its pair.

        Raises:
            ValueError: Real logits are missing; artgan passes them to losses that declare
                ``compares_pairs``.
        """
        if real_logits is None:
            raise ValueError("relativistic pairs need the logits of real pictures")
        return F.softplus(real_logits - fake_logits).mean()
