"""Least squares: Mao et al. 2017, "Least Squares GANs", equation 9 (a = 0, b = c = 1)."""

from torch import Tensor

from artgan.plugin import Options


class LeastSquares:
    """Squared distance of logits from 1 and 0; logits beyond the target are penalized too."""

    def __init__(self, options: Options) -> None:
        pass

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Pull real logits (N,) to 1 and fake logits (N,) to 0."""
        return 0.5 * ((real_logits - 1).square().mean() + fake_logits.square().mean())

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Pull fake logits (N,) to 1."""
        return 0.5 * (fake_logits - 1).square().mean()
