"""What changes while training: networks, optimizers and the step."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import nn

from artgan.base.freezing import freeze
from artgan.base.schedule import Schedule
from artgan.core.build import SIDES, build_networks, build_optimizer, find_method
from artgan.core.config import RunConfig
from artgan.core.registry import Registry


@dataclass
class TrainingState:
    """Networks, optimizers and the step; a checkpoint adds the state of adaptive parts.

    Attributes:
        networks: By name: "generator" (images from latents), "discriminator" (logits from images),
            and those that the run's update adds.
        sides: Name of a network -> the side whose learning rate it follows.
        averages: Running averages of the networks on the generator's side; samples are drawn from
            that of the network that draws.
        draws: Name of the network that draws, the generator unless the update has another.
        optimizers: Of the networks, by name.
        schedule: How far the run is at each step, and its last step.
        step: Updates done.
    """

    networks: dict[str, nn.Module]
    sides: Mapping[str, str]
    averages: dict[str, nn.Module]
    optimizers: dict[str, torch.optim.Optimizer]
    schedule: Schedule
    step: int = 0
    draws: str = "generator"

    @property
    def generator(self) -> nn.Module:
        """Images from latents."""
        return self.networks["generator"]

    @property
    def discriminator(self) -> nn.Module:
        """Logits from images."""
        return self.networks["discriminator"]

    @property
    def drawing(self) -> nn.Module:
        """The network that draws, as it is now."""
        return self.networks[self.draws]

    @property
    def generator_ema(self) -> nn.Module:
        """Running average of the network that draws; what samples are drawn from."""
        return self.averages[self.draws]

    @property
    def saved(self) -> dict[str, nn.Module]:
        """Networks and averages by the name that they have in a checkpoint."""
        return self.networks | {f"{name}_ema": each for name, each in self.averages.items()}


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


def new_state(config: RunConfig, registry: Registry) -> TrainingState:
    """Create the state of step 0 on the config's device."""
    device, training = torch.device(config.device), config.training
    networks = {n: each.to(device) for n, each in build_networks(config, registry).items()}
    sides = {**SIDES, **find_method("update", config, registry)[0].declaration.networks}
    freeze(networks["discriminator"], training.freeze_discriminator)
    averaged = [name for name in networks if sides[name] == "generator"]
    return TrainingState(
        networks={name: network.train() for name, network in networks.items()},
        sides=sides,
        averages={n: deepcopy(networks[n]).requires_grad_(False).eval() for n in averaged},
        optimizers={
            n: build_optimizer(n, sides[n], network, config, registry)
            for n, network in networks.items()
        },
        schedule=Schedule.straight(training.steps),
        draws=config.draws,
    )
