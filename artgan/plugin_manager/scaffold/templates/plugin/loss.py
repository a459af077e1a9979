"""The loss: two pure functions of logits."""

from torch import Tensor

from artgan.plugin_manager.scaffold.templates.plugin import LossOptions


class MarginLoss:
    """Hinge: a picture beyond the margin no longer counts."""

    def __init__(self, options: LossOptions) -> None:
        self.margin = options.margin

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Push real logits (N,) above the margin, and fake ones below minus the margin."""
        real, fake = self.margin - real_logits, self.margin + fake_logits
        return real.relu().mean() + fake.relu().mean()

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Raise the logits (N,) of fakes."""
        return -fake_logits.mean()
