"""Builds the parts that a config names: networks, loss, penalties, augmentations, batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.base.seeding import keyed_global_rng
from artgan.base.suggest import join_names
from artgan.core.config import METHODS, Part, RunConfig
from artgan.core.data import Batches, ImageTable
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError
from artgan.plugin import (
    ArchContext,
    LossPart,
    NetworkContext,
    OptimizerContext,
    PenaltyPart,
    ScheduleContext,
    SchedulePart,
)
from artgan.plugin.updates import UpdatePart

SIDES = {"generator": "generator", "discriminator": "discriminator"}
"""The networks of every architecture -> the side whose learning rate they follow."""

CPU = torch.device("cpu")
LAYOUT: Any = {"memory_format": torch.channels_last}


@dataclass(frozen=True)
class Penalty:
    """A regularizer, ready to compute.

    Attributes:
        name: Full name, for reports.
        part: Computes the penalty.
        side: "discriminator" or "generator".
        every: Interval in steps.
        sees: What it gets instead of a network, as declared.
        compares_pairs: Whether it needs the real logits on the generator's side.
    """

    name: str
    part: PenaltyPart
    side: str
    every: int = 1
    sees: tuple[str, ...] = ()
    compares_pairs: bool = False


@dataclass(frozen=True)
class Parts:
    """Everything a step computes with besides the networks; built once, never trained.

    Attributes:
        loss: Two functions of logits.
        loss_sees: What it gets besides the logits, as declared.
        compares_pairs: Whether the generator's loss sees the real logits.
        update: How a step is made.
        keeps_graph: Whether a step goes backward through a pass more than once.
        schedule: What rates, penalties and averages follow.
        independent: Whether each logit depends on its own picture alone.
        penalties: Regularizers.
        augmentations: (full name, part) in order.
        batches: Real pictures.
    """

    loss: LossPart
    loss_sees: tuple[str, ...]
    compares_pairs: bool
    update: UpdatePart
    keeps_graph: bool
    schedule: SchedulePart
    independent: bool
    batches: Batches
    penalties: tuple[Penalty, ...] = ()
    augmentations: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = field(
        default=()
    )

    @property
    def sees(self) -> frozenset[str]:
        """All that the loss and the regularizers see besides the plain logits."""
        return frozenset((*self.loss_sees, *(s for p in self.penalties for s in p.sees)))


def _find(kind: str, part: Part, registry: Registry) -> tuple[Entry, Any]:
    entry = registry.find(kind, part.name)
    return entry, build_options(entry.declaration.options, part.options, entry.where)


def find_method(kind: str, config: RunConfig, registry: Registry) -> tuple[Entry, Any]:
    """Find what the training options name for a kind of ``METHODS``, and its options."""
    part = Part(getattr(config.training, METHODS[kind]), config.methods.get(kind, {}))
    return _find(kind, part, registry)


def build_networks(config: RunConfig, registry: Registry) -> dict[str, nn.Module]:
    """Build all networks by name, with weights keyed on the seed, on the CPU."""
    entry, options = _find("architecture", config.architecture, registry)
    networks = {side: _build_side(side, entry, options, config) for side in SIDES}
    update, update_options = find_method("update", config, registry)
    if update.declaration.networks:
        context = NetworkContext(
            pictures=_arch_context(config, options),
            **networks,
            another=lambda side: entry.call(side, _arch_context(config, options), options),
        )
        with keyed_global_rng(CPU, config.seed, "weights", "update"):
            more = update.call("build_networks", context, update_options)
        _check_networks(more, update)
        if config.draws in more:
            _prepare_drawing(more[config.draws], f"{update.where}: '{config.draws}'", config)
        networks |= {name: network.to(**LAYOUT) for name, network in more.items()}
    return networks


def build_generator(config: RunConfig, registry: Registry) -> nn.Module:
    """Build the generator alone, for sampling."""
    return _build_side("generator", *_find("architecture", config.architecture, registry), config)


def _arch_context(config: RunConfig, options: Any) -> ArchContext:
    return ArchContext(
        height=config.height,
        width=config.width,
        channels=config.channels,
        classes=config.classes,
        tileable=bool(getattr(options, "tileable", False)),
    )


def _build_side(side: str, entry: Entry, options: Any, config: RunConfig) -> nn.Module:
    """Build one network of an architecture."""
    with keyed_global_rng(CPU, config.seed, "weights", side):
        network = entry.call(side, _arch_context(config, options), options)
    if not isinstance(network, nn.Module):
        raise PluginError(f"{entry.where}: its {side} gave {type(network).__name__}, no Module")
    if side == "generator":
        _prepare_drawing(network, f"{entry.where}: its generator", config)
    return network.to(**LAYOUT)


def _prepare_drawing(network: nn.Module, where: str, config: RunConfig) -> None:
    """Refuse a network that cannot draw pictures; tell it how its colours are meant."""
    if not isinstance(getattr(network, "latent_shape", None), tuple):
        raise PluginError(f"{where} has no tuple 'latent_shape'")
    # Whoever makes pixels of its images must divide by alpha.
    network.premultiplied = config.premultiplied  # type: ignore[assignment]


def _check_networks(more: Any, update: Entry) -> None:
    """Refuse networks of an update that are not those that it declares."""
    declared = update.declaration.networks
    fits = isinstance(more, Mapping) and {*more} == {*declared}
    if not fits or not all(isinstance(network, nn.Module) for network in more.values()):
        raise PluginError(
            f"{update.where}: its build_networks must return a module for each of "
            f"{join_names(declared, 'and')}, by name"
        )


def build_optimizer(
    name: str, side: str, network: nn.Module, config: RunConfig, registry: Registry
) -> torch.optim.Optimizer:
    """Build what changes the weights of a network."""
    entry, options = find_method("optimizer", config, registry)
    training = config.training
    context = OptimizerContext(
        network=name,
        side=side,
        learning_rate=getattr(training, f"{side}_lr"),
        beta1=training.beta1,
        beta2=training.beta2,
        device=config.device.partition(":")[0],
    )
    optimizer = entry.call("build", list(network.parameters()), context, options)
    if not isinstance(optimizer, torch.optim.Optimizer):
        made = type(optimizer).__name__
        raise PluginError(f"{entry.where}: its build gave {made}, no torch.optim.Optimizer")
    return optimizer


def build_schedule(config: RunConfig, registry: Registry) -> SchedulePart:
    """Build what rates, penalties and averages follow."""
    entry, options = find_method("schedule", config, registry)
    training = config.training
    context = ScheduleContext(
        warmup=training.lr_warmup,
        hold=training.lr_hold,
        final=training.lr_final,
        penalty_final=training.penalty_final,
        half_life=training.ema_half_life,
        ramp=training.ema_ramp,
        batch=training.batch,
    )
    part: SchedulePart = entry.call("build", options, context)
    return part


def _refuse_parts(entry: Entry, config: RunConfig) -> None:
    """Refuse to compute a batch in parts for what looks at the whole."""
    if config.training.accumulate > 1 and not entry.declaration.per_picture:
        raise OptionError(
            f"{entry.where} looks at the whole batch, which --train.accumulate "
            f"{config.training.accumulate} would compute in parts; use 1, or a smaller --batch"
        )


def build_parts(config: RunConfig, table: ImageTable, registry: Registry) -> Parts:
    """Build everything but the networks."""
    loss, loss_options = _find("loss", config.loss, registry)
    _refuse_parts(loss, config)
    architecture = registry.find("architecture", config.architecture.name)
    update, update_options = find_method("update", config, registry)
    penalties = []
    for part in config.regularizers:
        entry, options = _find("regularizer", part, registry)
        _refuse_parts(entry, config)
        built = entry.call("build", options)
        every = int(getattr(options, "every", 1))
        declared = entry.declaration
        seen = (declared.sees, declared.compares_pairs)
        penalties.append(Penalty(entry.full_name, built, declared.side, every, *seen))
    augmentations = []
    for part in config.augmentations:
        entry, options = _find("augmentation", part, registry)
        built = entry.call("build", options)
        if not config.premultiplied and hasattr(built, "premultiplied"):
            built.premultiplied = False
        augmentations.append((entry.full_name, built))
    return Parts(
        loss=loss.call("build", loss_options),
        loss_sees=loss.declaration.sees,
        compares_pairs=loss.declaration.compares_pairs,
        update=update.call("build", update_options),
        keeps_graph=update.declaration.backward_twice,
        schedule=build_schedule(config, registry),
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
