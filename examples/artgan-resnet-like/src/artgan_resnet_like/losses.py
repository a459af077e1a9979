"""Relativistic average hinge: Jolicoeur-Martineau 2018, "The relativistic discriminator", 4.2.

A picture is judged by its lead over the average of the other kind, and one that leads by the margin
is left alone.
"""

from torch import Tensor

from artgan_resnet_like import AverageHingeOptions


class AverageHinge:
    """Real pictures shall lead fakes by a margin; the generator wants the opposite."""

    def __init__(self, options: AverageHingeOptions) -> None:
        self.margin = options.margin

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Let real logits (N,) lead the average fake, and fake ones (N,) trail the average real."""
        return self._lead(real_logits, fake_logits) + self._lead(-fake_logits, -real_logits)

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Let fake logits (N,) lead the average real, and real ones trail the average fake.

        Raises:
            ValueError: No real logits were given; the host gives them, as ``compares_pairs`` says.
        """
        if real_logits is None:
            raise ValueError("the average hinge needs the logits of real pictures")
        return self._lead(fake_logits, real_logits) + self._lead(-real_logits, -fake_logits)

    def _lead(self, ahead: Tensor, behind: Tensor) -> Tensor:
        """Give what ``ahead`` lacks to lead the mean of ``behind`` by the margin."""
        return (self.margin - (ahead - behind.mean())).relu().mean()
