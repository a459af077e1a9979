"""A generator whose images have straight alpha, as browsers and other programs take them."""

from torch import Tensor, nn

from artgan.base.premultiply import straighten


class Straight(nn.Module):
    """Divides the colours of a generator's RGBA images by their alpha."""

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator
        self.latent_shape = generator.latent_shape

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images (N, 4, H, W) in [-1, 1] with straight alpha."""
        return straighten(self.generator(latents, labels))


def with_straight_alpha(generator: nn.Module) -> nn.Module:
    """Return a generator that makes straight alpha: itself, unless its colours are multiplied."""
    return Straight(generator) if getattr(generator, "premultiplied", False) else generator
