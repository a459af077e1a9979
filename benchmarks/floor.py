"""What a computation needs at least: its operations, and the bytes that it must read and write.

Counted are products and convolutions, forward and backward, penalties included: what lies between
them (activations, norms, augmentation, Adam) a compiler may fuse into them. Each reads its inputs
and writes its result once.
"""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

SIDE = {"cpu": 512, "cuda": 8192}
"""Side of the matrices by which a device's rate is measured."""

COPIED = {"cpu": 64 * 2**20, "cuda": 2**30}
"""Bytes by whose copy the speed of a device's memory is measured."""


class Operations(TorchDispatchMode):
    """Counts operations and bytes of products and convolutions inside the block.

    torch's own counter follows modules, which penalties do not allow.
    """

    total = 0
    moved = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, and count."""
        made = func(*args, **(kwargs or {}))
        count = flop_registry.get(func.overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=made)
            self.moved += sum(t.nbytes for t in tensors_in((args, kwargs or {}, made)))
        return made


def tensors_in(values: Any) -> list[torch.Tensor]:
    """List the tensors in nested tuples, lists and dictionaries."""
    if isinstance(values, torch.Tensor):
        return [values]
    if isinstance(values, dict):
        values = tuple(values.values())
    if not isinstance(values, tuple | list):
        return []
    return [tensor for value in values for tensor in tensors_in(value)]


def multiplications(device: torch.device, dtype: torch.dtype = torch.float32) -> float:
    """Measure the operations a second in products of matrices."""
    side = SIDE[device.type]
    left, right = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))
    return 2 * side**3 / best(lambda: float((left @ right)[0, 0]))


def memory_speed(device: torch.device) -> float:
    """Measure the bytes a second that a copy reads and writes."""
    source = torch.zeros(COPIED[device.type], dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / best(lambda: int(target.copy_(source)[-1]))


def best(call: Callable[[], Any]) -> float:
    """Return the seconds of the quickest of ten calls."""
    seconds = []
    for _ in range(10):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)
