"""What changes while training: networks, optimizers and the step."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn.utils.parametrize import ParametrizationList, is_parametrized

from artgan.base.schedule import Schedule
from artgan.core.config import RunConfig
from artgan.errors import OptionError


@dataclass
class TrainingState:
    """Networks, optimizers and the step; a checkpoint adds the state of adaptive parts.

    Attributes:
        generator: Images from latents.
        discriminator: Logits from images.
        generator_ema: Running average of the generator; what samples are drawn from.
        generator_optimizer: Adam of the generator.
        discriminator_optimizer: Adam of the discriminator.
        schedule: How far the run is at each step, and its last step.
        step: Updates done.
    """

    generator: nn.Module
    discriminator: nn.Module
    generator_ema: nn.Module
    generator_optimizer: torch.optim.Optimizer
    discriminator_optimizer: torch.optim.Optimizer
    schedule: Schedule
    step: int = 0


@dataclass(frozen=True)
class StepReport:
    """What one step measured.

    Attributes:
        step: Updates done, this one included.
        images: Real pictures seen so far, repeats counted.
        discriminator_loss: Without penalties.
        generator_loss: Without penalties.
        real_logits: Mean logit of the real pictures.
        fake_logits: Mean logit of the fakes.
        penalties: Full name -> value, before it is multiplied by its interval; for augmentations
            that adapt, their probability; ``own_loss`` of a discriminator that has one.
        learning_rate: Of the generator.
    """

    step: int
    images: int
    discriminator_loss: float
    generator_loss: float
    real_logits: float
    fake_logits: float
    penalties: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 0.0


def new_state(generator: nn.Module, discriminator: nn.Module, config: RunConfig) -> TrainingState:
    """Create the state of step 0 on the config's device."""
    device, training = torch.device(config.device), config.training
    generator, discriminator = generator.to(device), discriminator.to(device)

    def adam(network: nn.Module, rate: float) -> torch.optim.Optimizer:
        betas = (training.beta1, training.beta2)
        fused = device.type in ("cpu", "cuda")
        return torch.optim.Adam(network.parameters(), lr=rate, betas=betas, fused=fused)

    freeze(discriminator, training.freeze_discriminator)
    average = deepcopy(generator).requires_grad_(False).eval()
    return TrainingState(
        generator=generator.train(),
        discriminator=discriminator.train(),
        generator_ema=average,
        generator_optimizer=adam(generator, training.generator_lr),
        discriminator_optimizer=adam(discriminator, training.discriminator_lr),
        schedule=Schedule.straight(training.steps),
    )


def freeze(network: nn.Module, layers: int) -> None:
    """Keep the weights of the first ``layers`` layers, in the order in which they were declared.

    Raises:
        OptionError: There are no more layers than that.
    """
    owners = [module for module in network.modules() if _is_layer(module)]
    if layers >= len(owners):
        raise OptionError(
            f"--train.freeze-discriminator {layers} leaves nothing to train: the discriminator has "
            f"{len(owners)} layers; expected at most {len(owners) - 1}"
        )
    for module in owners[:layers]:
        module.requires_grad_(False)


def _is_layer(module: nn.Module) -> bool:
    # Spectral norm keeps a layer's weights in a module below it: the two are one layer.
    if isinstance(module, ParametrizationList):
        return False
    return is_parametrized(module) or bool(list(module.parameters(recurse=False)))
