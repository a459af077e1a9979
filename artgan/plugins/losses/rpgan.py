"""Relativistic pairs: Jolicoeur-Martineau 2018, "The relativistic discriminator", section 4.1.

Huang et al. 2024, "The GAN is dead; long live the GAN!", section 2.1, show that with R1 and R2 it
converges and drops no modes.
"""

import torch
import torch.nn.functional as F

from artgan.plugin import Options


class RelativisticPairs:
    """Each fake is judged against a real picture of the same batch."""

    def __init__(self, options: Options) -> None:
        pass

    def discriminator(self, real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
        """Make each real logit (N,) exceed its partner among the fakes (N,)."""
        return F.softplus(fake_logits - real_logits).mean()

    def generator(
        self, real_logits: torch.Tensor | None, fake_logits: torch.Tensor
    ) -> torch.Tensor:
        """Make each fake logit (N,) exceed its real partner (N,).

        Raises:
            ValueError: No real logits were given; the host gives them to losses that declare
                ``compares_pairs``.
        """
        if real_logits is None:
            raise ValueError("relativistic pairs need the logits of real pictures")
        return F.softplus(real_logits - fake_logits).mean()
