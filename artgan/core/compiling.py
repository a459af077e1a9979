"""How the networks are called in a step: as they are, or compiled by ``torch.compile``.

A callable is compiled, not the module: names in checkpoints, penalties, averages and samples know
nothing of it. Penalties need second derivatives, which a compiled network cannot give; they are
computed by the plain one, on the same weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from artgan.base.compile_call import compile_call

Call = Callable[..., Any]


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Passes:
    """The forward passes of a step.

    Attributes:
        calls: The networks by name: the generator's is (latents, labels) to images, the
            discriminator's (images, labels) to logits.
        own_loss: (images, labels) to logits and the discriminator's own loss, if it has one.
        begin_step: Called in front of each step.
    """

    calls: Mapping[str, Call]
    own_loss: Call | None
    begin_step: Callable[[], None] = _nothing


def forward_passes(
    networks: Mapping[str, nn.Module], mode: str, *, keeps_graph: bool = False
) -> Passes:
    """Prepare the forward passes of all networks.

    ``mode`` is "none", "default", or "cuda-graphs", which replays recorded kernels;
    ``keeps_graph`` tells whether a step goes backward through a pass more than once.
    """
    own_loss: Call | None = getattr(networks["discriminator"], "with_own_loss", None)
    if mode == "none":
        return Passes(networks, own_loss)

    def compiled(call: Call) -> Call:
        return compile_call(call, mode == "cuda-graphs", keeps_graph)

    return Passes(
        {name: compiled(network) for name, network in networks.items()},
        own_loss and compiled(own_loss),
        # What a recorded graph gave in the last step may be overwritten from here on.
        torch.compiler.cudagraph_mark_step_begin if mode == "cuda-graphs" else _nothing,
    )
