"""Keeps the first layers of a network as they are."""

from torch import nn
from torch.nn.utils.parametrize import ParametrizationList, is_parametrized

from artgan.errors import OptionError


def freeze(network: nn.Module, layers: int) -> None:
    """Keep the weights of the first ``layers`` layers, in the order in which they were declared.

    Raises:
        OptionError: There are no more layers than that.
    """
    owners = [module for module in network.modules() if _is_layer(module)]
    if layers >= len(owners):
        raise OptionError(
            f"--train.freeze-discriminator {layers} leaves nothing to train: expected at most "
            f"{len(owners) - 1}, one less than the discriminator has layers"
        )
    for module in owners[:layers]:
        module.requires_grad_(False)


def _is_layer(module: nn.Module) -> bool:
    # Spectral norm keeps a layer's weights in a module below it: the two are one layer.
    if isinstance(module, ParametrizationList):
        return False
    return is_parametrized(module) or bool(list(module.parameters(recurse=False)))
