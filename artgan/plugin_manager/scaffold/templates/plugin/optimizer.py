"""The optimizer: how gradients change weights."""

from collections.abc import Iterable

import torch
from torch.nn import Parameter

from artgan.plugin import OptimizerContext
from artgan.plugin_manager.scaffold.templates.plugin import OptimizerOptions


def build_optimizer(
    parameters: Iterable[Parameter], context: OptimizerContext, options: OptimizerOptions
) -> torch.optim.Optimizer:
    """Build one of torch; a class of your own derives from torch.optim.Optimizer."""
    return torch.optim.RMSprop(
        parameters,
        lr=context.learning_rate,
        alpha=context.beta2,
        momentum=options.momentum,
    )
