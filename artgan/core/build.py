"""Builds the parts that a config names: networks, loss, penalties, augmentations, batches."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from artgan.base.options import build_options
from artgan.base.seeding import keyed_global_rng
from artgan.core.config import Part, RunConfig
from artgan.core.data import Batches, ImageTable
from artgan.core.registry import Entry, Registry
from artgan.errors import OptionError, PluginError
from artgan.plugin import ArchContext, LossPart, PenaltyPart


@dataclass(frozen=True)
class Penalty:
    """A regularizer, ready to compute.

    Attributes:
        name: Full name, for reports.
        part: Computes the penalty.
        side: "discriminator" or "generator".
        every: Interval in steps.
    """

    name: str
    part: PenaltyPart
    side: str
    every: int = 1


@dataclass(frozen=True)
class Parts:
    """Everything a step computes with besides the networks; built once, never trained.

    Attributes:
        loss: Two functions of logits.
        compares_pairs: Whether the generator's loss sees the real logits.
        independent: Whether each logit depends on its own picture alone.
        penalties: Regularizers.
        augmentations: (full name, part) in order.
        batches: Real pictures.
    """

    loss: LossPart
    compares_pairs: bool
    independent: bool
    batches: Batches
    penalties: tuple[Penalty, ...] = ()
    augmentations: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = field(
        default=()
    )


def _find(kind: str, part: Part, registry: Registry) -> tuple[Entry, Any]:
    entry = registry.find(kind, part.name)
    return entry, build_options(entry.declaration.options, part.options, entry.where)


def build_networks(
    config: RunConfig, registry: Registry
) -> tuple[torch.nn.Module, torch.nn.Module]:
    """Build generator and discriminator with weights keyed on the seed, on the CPU."""
    entry, options = _find("architecture", config.architecture, registry)
    context = ArchContext(
        height=config.height,
        width=config.width,
        channels=config.channels,
        classes=config.classes,
        tileable=bool(getattr(options, "tileable", False)),
    )
    networks = []
    for side in ("generator", "discriminator"):
        with keyed_global_rng(torch.device("cpu"), config.seed, "weights", side):
            network = entry.call(side, context, options)
        if not isinstance(network, torch.nn.Module):
            raise PluginError(f"{entry.where}: its {side} gave {type(network).__name__}, no Module")
        networks.append(network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]
    if not isinstance(getattr(networks[0], "latent_shape", None), tuple):
        raise PluginError(f"{entry.where}: its generator has no tuple 'latent_shape'")
    # Whoever makes pixels of its images must divide by alpha.
    networks[0].premultiplied = config.premultiplied
    return networks[0], networks[1]


def build_generator(config: RunConfig, registry: Registry) -> torch.nn.Module:
    """Build the generator alone, for sampling."""
    return build_networks(config, registry)[0]


def build_parts(config: RunConfig, table: ImageTable, registry: Registry) -> Parts:
    """Build everything but the networks."""
    loss, loss_options = _find("loss", config.loss, registry)
    if config.training.accumulate > 1 and not loss.declaration.per_picture:
        raise OptionError(
            f"{loss.where} looks at the whole batch, which --train.accumulate "
            f"{config.training.accumulate} would compute in parts; use 1, or a smaller --batch"
        )
    architecture = registry.find("architecture", config.architecture.name)
    penalties = []
    for part in config.regularizers:
        entry, options = _find("regularizer", part, registry)
        built = entry.call("build", options)
        every = int(getattr(options, "every", 1))
        penalties.append(Penalty(entry.full_name, built, entry.declaration.side, every))
    augmentations = []
    for part in config.augmentations:
        entry, options = _find("augmentation", part, registry)
        built = entry.call("build", options)
        if not config.premultiplied and hasattr(built, "premultiplied"):
            built.premultiplied = False
        augmentations.append((entry.full_name, built))
    return Parts(
        loss=loss.call("build", loss_options),
        compares_pairs=loss.declaration.compares_pairs,
        independent=architecture.declaration.independent,
        batches=Batches(
            replace(table, premultiplied=config.premultiplied),
            config.training.batch,
            config.seed,
            torch.device(config.device),
            holdout=config.training.holdout,
        ),
        penalties=tuple(penalties),
        augmentations=tuple(augmentations),
    )
