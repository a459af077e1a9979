"""The metric: one figure that says how near samples come to real pictures."""

from torch import Tensor

from artgan.plugin_manager.scaffold.templates.plugin import MetricOptions


class MeanPicture:
    """Compares what all pictures have in common."""

    def __init__(self, options: MetricOptions) -> None:
        self.power = options.power

    def __call__(self, real: Tensor, fake: Tensor) -> float:
        """Compute the difference of images (N, C, H, W) in [-1, 1]; 0 is perfect."""
        away = (real.mean(0) - fake.mean(0)).abs() ** self.power
        return float(away.mean())
