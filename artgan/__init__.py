"""artgan: generative art with GANs, extensible with plugins."""

from artgan.version import __version__

__all__ = ["__version__"]
