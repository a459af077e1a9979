"""Networks of which some or all weights stay as they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from artgan.errors import OptionError


def freeze(network: nn.Module, layers: int) -> None:
    """Keep the weights of the first ``layers`` layers, in the order in which they were declared.

    Raises:
        OptionError: There are no more layers than that.
    """
    owners = [module for module in network.modules() if list(module.parameters(recurse=False))]
    if layers >= len(owners):
        raise OptionError(
            f"--train.freeze-discriminator {layers} leaves nothing to train: the discriminator has "
            f"{len(owners)} layers; expected at most {len(owners) - 1}"
        )
    for module in owners[:layers]:
        module.requires_grad_(False)


@contextmanager
def untouched(network: nn.Module) -> Iterator[None]:
    """Let gradients pass through a network inside the block without collecting its own."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
