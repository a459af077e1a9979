"""Compiles one callable with ``torch.compile``, and tells errors of the compiler from others."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

Call = Callable[..., Any]


def compile_call(call: Call, records: bool, keeps_graph: bool) -> Call:
    """Compile a callable; ``records`` replays kernels, ``keeps_graph`` goes backward twice."""
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
