"""Wasserstein: Arjovsky et al. 2017, "Wasserstein GAN", equation 2.

The slope of the critic must be about 1, which ``gradient-penalty`` ensures (Gulrajani et al. 2017).
"""

from torch import Tensor

from artgan.plugin import Options


class Wasserstein:
    """Difference of mean scores, an estimate of the distance between real pictures and fakes."""

    def __init__(self, options: Options) -> None:
        pass

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Widen the gap between real scores (N,) and fake scores (N,)."""
        return fake_logits.mean() - real_logits.mean()

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Raise the fake scores (N,)."""
        return -fake_logits.mean()
