"""LeCam: Tseng et al. 2021, "Regularizing GANs under Limited Data", equations 3 and 4."""

from collections.abc import Mapping

import torch
from torch import Tensor

from artgan.plugin.losses import Judged, RunningMean
from artgan.plugins.regularizers import LecamOptions


class Lecam:
    """weight times the squared distance of logits from the running mean of the other side's."""

    def __init__(self, options: LecamOptions) -> None:
        self.weight = options.weight
        self.real, self.fake = RunningMean(options.decay), RunningMean(options.decay)

    def penalty(self, judged: Judged) -> Tensor:
        """Compute the penalty from logits (N,); 0 in the first step, before there are means."""
        real, fake = judged.real_logits, judged.fake_logits
        assert real is not None
        if self.real.value is None or self.fake.value is None:
            return 0 * (real.sum() + fake.sum())
        apart = (real - self.fake.value).square().mean() + (fake - self.real.value).square().mean()
        penalty: Tensor = self.weight * apart
        return penalty

    def observe(self, real_logits: Tensor, fake_logits: Tensor) -> None:
        """Move both running means towards the logits (N,) of a step."""
        self.real.add(float(real_logits.mean()))
        self.fake.add(float(fake_logits.mean()))

    def state_dict(self) -> dict[str, Tensor]:
        """Return both running means."""
        means = (self.real, self.fake)
        return {"means": torch.stack([mean.state_dict()["mean"] for mean in means])}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore both running means."""
        if "means" in state:
            self.real.load_state_dict({"mean": state["means"][0]})
            self.fake.load_state_dict({"mean": state["means"][1]})
