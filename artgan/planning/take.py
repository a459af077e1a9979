"""Decides whose weights a run takes of a start: those of both networks, or the discriminator's."""

from dataclasses import replace

from artgan.core.config import change_training
from artgan.planning.plan import Plan
from artgan.planning.settings import Settings
from artgan.starts.names import is_start

MANY_STEPS = 2500
"""Steps from which a generator that begins anew draws clearer figures, but for pixel art
(docs/decisions.md)."""

ALONE = (
    "Start: its discriminator alone, since in so many steps a generator that begins anew draws "
    "clearer figures; --train.from-networks all takes both."
)

NONE_TAKEN = "From-networks: left out, as this run begins with no weights; --from names some."


def take_networks(plan: Plan, settings: Settings) -> Plan:
    """Return the plan with what the number of its steps says, unless the user does; say why."""
    base, training = plan.config.base, plan.config.training
    if not base and training.from_networks != "all":
        return _taking(plan, "all", NONE_TAKEN)
    if not is_start(base) or "from_networks" in settings.training:
        return plan
    if training.steps < MANY_STEPS or plan.pixel_art:
        return plan
    return _taking(plan, "discriminator", ALONE)


def _taking(plan: Plan, networks: str, why: str) -> Plan:
    config = change_training(plan.config, from_networks=networks)
    return replace(plan, config=config, reasons=(*plan.reasons, why))
