"""Decides whose weights a run takes of a start: those of both networks, or the discriminator's.

A generator that begins with trained weights gets fewer clusters: it has to learn each of them.
"""

from dataclasses import replace

import msgspec

from artgan.core.config import change_training
from artgan.core.data import ImageTable
from artgan.planning.plan import Plan, sort_into_clusters
from artgan.planning.settings import Settings
from artgan.starts.names import is_start

MANY_STEPS = 2500
"""Steps from which a generator that begins anew draws clearer figures, but for pixel art
(docs/decisions.md)."""

ALONE = (
    "Start: its discriminator alone, since in so many steps a generator that begins anew draws "
    "clearer figures; --train.from-networks all takes both."
)

LARGE = 50
"""Pictures of a cluster where the generator begins with trained weights."""

FEWEST = 4
"""Clusters below which there are none."""

NONE_TAKEN = "From-networks: left out, as this run begins with no weights; --from names some."


def take_networks(plan: Plan, settings: Settings) -> Plan:
    """Return the plan with what the number of its steps says, unless the user does; say why."""
    return _larger_clusters(_whose(plan, settings), settings)


def _whose(plan: Plan, settings: Settings) -> Plan:
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


def _larger_clusters(plan: Plan, settings: Settings) -> Plan:
    """Sort the pictures into fewer clusters where the generator begins with a start's weights."""
    config, opened = plan.config, plan.opened
    begins = is_start(config.base) and config.training.from_networks == "all"
    before = config.training.clusters
    if not begins or not before or not opened or "clusters" in settings.training:
        return plan
    count = opened.facts.different // LARGE
    count = count if count >= FEWEST else 0
    if count >= before:
        return plan
    table: ImageTable = opened.table
    shares: tuple[float, ...] = ()
    if count:
        table, shares = sort_into_clusters(table, count, config.seed)
    config = change_training(config, clusters=count)
    config = msgspec.structs.replace(config, classes=len(shares), class_shares=shares)
    why = (
        f"Clusters: {count or 'none'} instead of {before}, since in few steps a generator that "
        "begins with trained weights learns little of each; --train.clusters sets them."
    )
    return replace(plan, config=config, table=table, reasons=(*plan.reasons, why))
