"""Adam: Kingma and Ba 2015, algorithm 1; AdamW: Loshchilov and Hutter 2019, algorithm 2."""

from collections.abc import Iterable

import torch
from torch.nn import Parameter

from artgan.plugin import OptimizerContext, Options
from artgan.plugins.optimizers import AdamWOptions

FUSED = ("cpu", "cuda")
"""Devices for which torch does a step in one kernel."""


def build_adam(
    parameters: Iterable[Parameter], context: OptimizerContext, options: Options
) -> torch.optim.Optimizer:
    """Build Adam with the run's rates of decay."""
    return torch.optim.Adam(
        parameters,
        lr=context.learning_rate,
        betas=(context.beta1, context.beta2),
        fused=context.device in FUSED,
    )


def build_adamw(
    parameters: Iterable[Parameter], context: OptimizerContext, options: AdamWOptions
) -> torch.optim.Optimizer:
    """Build AdamW with the run's rates of decay."""
    return torch.optim.AdamW(
        parameters,
        lr=context.learning_rate,
        betas=(context.beta1, context.beta2),
        weight_decay=options.weight_decay,
        fused=context.device in FUSED,
    )
