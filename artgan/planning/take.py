"""Decides whose weights a run takes of a start: those of both networks, or the discriminator's."""

from dataclasses import replace

from artgan.core.config import change_training
from artgan.planning.plan import Plan
from artgan.planning.settings import Settings
from artgan.starts.names import is_start

MANY_STEPS = 2500
"""Steps from which a generator that begins anew draws clearer figures (docs/decisions.md)."""

ALONE = (
    "Start: its discriminator alone, since in so many steps a generator that begins anew draws "
    "clearer figures; --train.from-networks all takes both."
)


def take_networks(plan: Plan, settings: Settings) -> Plan:
    """Return the plan with what the number of its steps says, unless the user does; say why."""
    if not is_start(plan.config.base) or "from_networks" in settings.training:
        return plan
    alone = plan.config.training.steps >= MANY_STEPS
    networks, why = ("discriminator", (ALONE,)) if alone else ("all", ())
    config = change_training(plan.config, from_networks=networks)
    return replace(plan, config=config, reasons=(*plan.reasons, *why))
