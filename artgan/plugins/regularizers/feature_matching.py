"""Feature matching: Salimans et al. 2016, "Improved Techniques for Training GANs", section 3.1.

The paper uses the squared distance as the generator's only loss; here it is added to the run's own.
It is divided by the number of features, so that a weight means the same in networks of any width.
"""

from torch import Tensor

from artgan.plugin.losses import Judged
from artgan.plugin.ranks import gather
from artgan.plugins.regularizers import FeatureMatchingOptions


class FeatureMatching:
    """weight times the mean squared distance of mean features, real and fake."""

    def __init__(self, options: FeatureMatchingOptions) -> None:
        self.weight = options.weight

    def penalty(self, judged: Judged) -> Tensor:
        """Compute the penalty from features (N, D) of real pictures and fakes."""
        real, fake = judged.real_features, judged.fake_features
        assert real is not None
        assert fake is not None
        apart = gather(fake).mean(0) - gather(real.detach()).mean(0)
        penalty: Tensor = self.weight * apart.square().mean()
        return penalty
