"""Path length: Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", eq. 4.

The paper measures how far a picture moves with its style code; here it is measured with its
latents, so that it works with every generator, also one without styles.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from artgan.plugin.layers import Network
from artgan.plugin.ranks import gather
from artgan.plugins.regularizers import PathLengthOptions

TINY = 1e-8


class PathLength:
    """weight times the mean of (change of picture per change of latents - its running mean)^2."""

    def __init__(self, options: PathLengthOptions) -> None:
        self.weight = options.weight
        self.decay = options.decay
        self.mean: Tensor | None = None

    def penalty(self, network: Network, real: Tensor, fake: Tensor) -> Tensor:
        """Compute the penalty at latents (N, ...), which are passed as ``real`` and as ``fake``."""
        latents = real.detach().requires_grad_(True)
        images = network(latents)
        # A random direction in pixels, whose length is the same for every size.
        direction = torch.randn_like(images) / (images.shape[2] * images.shape[3]) ** 0.5
        (gradient,) = torch.autograd.grad((images * direction).sum(), latents, create_graph=True)
        lengths = (gradient.flatten(1).square().sum(1) + TINY).sqrt()
        penalty: Tensor = self.weight * (lengths - self._follow(lengths)).square().mean()
        return penalty

    def _follow(self, lengths: Tensor) -> Tensor:
        """Move the running mean towards these lengths (N,) and return it."""
        now = gather(lengths.detach()).mean()
        if self.mean is None:
            self.mean = now
        self.mean = self.mean.to(now).lerp(now, self.decay)
        return self.mean

    def state_dict(self) -> dict[str, Tensor]:
        """Return the running mean, once there is one."""
        return {} if self.mean is None else {"mean": self.mean}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore the running mean."""
        self.mean = state.get("mean")
