"""Features without training (Naeem et al. 2020, section 4)."""

from artgan.plugin.features import RandomLayers
from artgan.plugins.extractors import RandomLayersOptions


def build(options: RandomLayersOptions, device: str) -> RandomLayers:
    """Build the fixed random layers."""
    return RandomLayers(options.width, device=device)
