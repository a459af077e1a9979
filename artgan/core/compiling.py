"""How the networks are called in a step: as they are, or compiled by ``torch.compile``.

A callable is compiled, not the module: names in checkpoints, penalties, averages and samples know
nothing of it. Penalties need second derivatives, which a compiled network cannot give; they are
computed by the plain one, on the same weights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import torch
from torch import nn

Call = Callable[..., Any]


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Passes:
    """The forward passes of a step.

    Attributes:
        generator: (latents, labels) to images.
        discriminator: (images, labels) to logits.
        own_loss: (images, labels) to logits and the discriminator's own loss, if it has one.
        begin_step: Called in front of each step.
    """

    generator: Call
    discriminator: Call
    own_loss: Call | None
    begin_step: Callable[[], None] = _nothing


def forward_passes(
    generator: nn.Module, discriminator: nn.Module, mode: str, *, keeps_graph: bool = False
) -> Passes:
    """Prepare the forward passes of both networks.

    ``mode`` is "none", "default", or "cuda-graphs", which replays recorded kernels;
    ``keeps_graph`` tells whether a step goes backward through a pass more than once.
    """
    own_loss: Call | None = getattr(discriminator, "with_own_loss", None)
    if mode == "none":
        return Passes(generator, discriminator, own_loss)

    def compiled(call: Call) -> Call:
        return _compiled(call, mode == "cuda-graphs", keeps_graph)

    return Passes(
        compiled(generator),
        compiled(discriminator),
        own_loss and compiled(own_loss),
        # What a recorded graph gave in the last step may be overwritten from here on.
        torch.compiler.cudagraph_mark_step_begin if mode == "cuda-graphs" else _nothing,
    )


def _compiled(call: Call, records: bool, keeps_graph: bool) -> Call:
    # Batches are always full, so each shape is compiled once and for all. Random numbers are those
    # of the plain network: they come from the generators that are keyed for each step.
    options: dict[str, Any] = {"fallback_random": True, "triton.cudagraphs": records}
    made = torch.compile(call, dynamic=False, options=options)
    if not keeps_graph:
        return made

    @wraps(made)
    def kept(*args: Any) -> Any:
        # Otherwise the memory of a pass is used anew while it goes backward.
        with torch._functorch.config.patch(donated_buffer=False):
            return made(*args)

    return kept


def compiler_failed(error: BaseException | None) -> bool:
    """Tell whether an error is the compiler's; looks at its name, since torch loads it late."""
    homes = ("torch._dynamo", "torch._inductor")
    return error is not None and type(error).__module__.startswith(homes)
