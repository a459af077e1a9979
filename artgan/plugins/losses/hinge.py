"""Hinge: Lim and Ye 2017, "Geometric GAN"; Miyato et al. 2018 (SNGAN), equations 16 and 17."""

import torch
import torch.nn.functional as F

from artgan.plugins.losses import HingeOptions


class Hinge:
    """Only pictures within the margin still teach the discriminator."""

    def __init__(self, options: HingeOptions) -> None:
        self.margin = options.margin

    def discriminator(self, real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
        """Push real logits (N,) above the margin and fake logits (N,) below its negative."""
        return F.relu(self.margin - real_logits).mean() + F.relu(self.margin + fake_logits).mean()

    def generator(
        self, real_logits: torch.Tensor | None, fake_logits: torch.Tensor
    ) -> torch.Tensor:
        """Push fake logits (N,) up without bound."""
        return -fake_logits.mean()
