"""Relativistic average hinge: Jolicoeur-Martineau 2018, "The relativistic discriminator", 4.2.

A logit is compared with the mean logit of the other kind; a picture whose logit leads by the margin
adds nothing to the loss.
"""

from torch import Tensor

from artgan_resnet_like import AverageHingeOptions


class AverageHinge:
    """The discriminator makes real pictures lead fakes by a margin; the generator the opposite."""

    def __init__(self, options: AverageHingeOptions) -> None:
        self.margin = options.margin

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Push real logits (N,) above the mean fake, and fake logits (N,) below the mean real."""
        return self._lead(real_logits, fake_logits) + self._lead(-fake_logits, -real_logits)

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Push fake logits (N,) above the mean real one, and real logits (N,) below the mean fake.

        Raises:
            ValueError: Real logits are missing; artgan passes them, as ``compares_pairs`` is set.
        """
        if real_logits is None:
            raise ValueError("the average hinge needs the logits of real pictures")
        return self._lead(fake_logits, real_logits) + self._lead(-real_logits, -fake_logits)

    def _lead(self, ahead: Tensor, behind: Tensor) -> Tensor:
        """Compute how far ``ahead`` is from leading the mean of ``behind`` by the margin."""
        return (self.margin - (ahead - behind.mean())).relu().mean()
