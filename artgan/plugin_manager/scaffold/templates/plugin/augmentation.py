"""The augmentation: a differentiable change of real and fake pictures alike."""

from torch import Tensor

from artgan.plugin_manager.scaffold.templates.plugin import AugmentationOptions


class Brightness:
    """Adds one random number to each picture."""

    def __init__(self, options: AugmentationOptions) -> None:
        self.strength = options.strength

    def __call__(self, images: Tensor) -> Tensor:
        """Return images (N, C, H, W) of the same shape; the host keys the random numbers."""
        shift = images.new_empty(len(images), 1, 1, 1).uniform_(-1, 1)
        return images + shift * self.strength
