"""What to try where a generator has collapsed, in order, as flags and as a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from artgan.base.options import build_options, to_plain
from artgan.core.config import Part, RunConfig, change_training
from artgan.core.registry import Registry
from artgan.monitoring.diagnostics import remedies_in_use
from artgan.planning.plan import Plan

MOST_TRIES = 2
"""Times that a run is begun anew, at most."""

SLOWER = 0.25
"""Share of a learning rate that is left."""


@dataclass(frozen=True)
class Remedy:
    """Changes of a run that may keep it from collapsing, in words and as flags.

    ``training`` has new training options; ``pairs`` asks for the loss rpgan with r1 and r2.
    """

    words: str
    training: Mapping[str, Any]
    pairs: bool = False

    @property
    def flags(self) -> str:
        """The flags of ``artgan run`` that do the same."""
        loss = ["--loss rpgan --regularizer r1 --regularizer r2"] if self.pairs else []
        options = {key.replace("_", "-"): value for key, value in self.training.items()}
        return " ".join(loss + [f"--train.{name} {value:g}" for name, value in options.items()])


def remedy(config: RunConfig) -> Remedy:
    """Choose what to try next for a run that collapsed with this config.

    Pairs of real pictures and fakes with penalties on both come first (``rpgan``), since they
    forbid what most collapses come from; then a slower generator, and then both slower, since a
    generator that is still as fast has collapsed again.
    """
    training = config.training
    if "pairs" not in remedies_in_use(config):
        return Remedy("loss rpgan with r1 and r2", {}, pairs=True)
    slower = {"generator_lr": SLOWER * training.generator_lr}
    if training.generator_lr > SLOWER * training.discriminator_lr:
        return Remedy("a quarter of the generator's rate", slower)
    slower["discriminator_lr"] = SLOWER * training.discriminator_lr
    return Remedy("a quarter of both rates", slower)


def remedied(plan: Plan, cure: Remedy, registry: Registry) -> Plan:
    """Return the plan with the changes of a remedy."""
    config = change_training(plan.config, **cure.training)
    if cure.pairs:
        penalties = tuple(_default("regularizer", name, registry) for name in ("r1", "r2"))
        loss = _default("loss", "rpgan", registry)
        config = msgspec.structs.replace(config, loss=loss, regularizers=penalties)
    return replace(plan, config=config)


def _default(kind: str, name: str, registry: Registry) -> Part:
    entry = registry.find(kind, name)
    options = build_options(entry.declaration.options, {}, entry.where)
    return Part(entry.full_name, to_plain(options))
