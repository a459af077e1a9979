"""Watches layers of a network while it runs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

Hook = Callable[[nn.Module, tuple[Any, ...], Tensor], Tensor | None]
"""Called with a layer, its inputs and its output; a tensor returned replaces the output."""


@contextmanager
def forward_hooks(layers: Iterable[nn.Module], hook: Hook) -> Iterator[None]:
    """Call a hook each time one of the layers has run inside the block."""
    handles = [layer.register_forward_hook(hook) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
