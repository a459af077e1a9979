"""Batch norm over the pictures of all processes.

torch has a layer for it, which needs a GPU and has no second derivatives; penalties need those.
Mean and variance are sums over the processes here, and the gradient of a sum is again a sum.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from artgan.plugin.ranks import step


@contextmanager
def whole_batches(*networks: nn.Module) -> Iterator[None]:
    """Let the layers of batch norm in the networks see the whole batch inside the block."""
    layers = [m for network in networks for m in network.modules() if isinstance(m, _BatchNorm)]
    for layer in layers:
        layer.forward = _Forward(layer)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


class _Forward:
    """Replaces the forward pass of a layer, whose weights and averages stay where they are."""

    def __init__(self, layer: _BatchNorm) -> None:
        self._layer = layer

    def __call__(self, x: Tensor) -> Tensor:
        """Normalize features (N, C, ...)."""
        layer = self._layer
        if step.rows is None or not layer.training:
            return type(layer).forward(layer, x)
        mean, variance, count = statistics(x)
        _follow(layer, mean, variance * count / (count - 1))
        shape = (1, -1, *[1] * (x.dim() - 2))
        scaled = (x - mean.view(shape)) * (variance + layer.eps).rsqrt().view(shape)
        if not layer.affine:
            return scaled.to(x.dtype)
        return (scaled * layer.weight.view(shape) + layer.bias.view(shape)).to(x.dtype)


def statistics(x: Tensor) -> tuple[Tensor, Tensor, float]:
    """Compute mean (C,) and variance (C,) of features (N, C, ...), and of how many numbers."""
    rows = step.rows
    assert rows is not None
    axes = [axis for axis in range(x.dim()) if axis != 1]
    count = rows.total * x[0, 0].numel() * (len(x) // len(rows.places))
    mean = rows.add_up(x.float().sum(axes)) / count
    shape = (1, -1, *[1] * (x.dim() - 2))
    # In two passes: the difference of large squares would lose all digits.
    variance = rows.add_up((x.float() - mean.view(shape)).square().sum(axes)) / count
    return mean, variance, float(count)


@torch.no_grad()
def _follow(layer: Any, mean: Tensor, variance: Tensor) -> None:
    """Move the running averages, as torch does."""
    if layer.running_mean is None:
        return
    layer.num_batches_tracked += 1
    share = layer.momentum
    if share is None:
        share = 1 / float(layer.num_batches_tracked)
    layer.running_mean.lerp_(mean.detach(), share)
    layer.running_var.lerp_(variance.detach(), share)
