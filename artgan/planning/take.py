"""Decides what depends on the number of steps: whose weights a run takes, and its clusters.

Of a start a run takes both networks, or the discriminator alone. A generator that begins with
trained weights gets fewer clusters, as it has to learn each of them.
"""

from dataclasses import replace

import msgspec

from artgan.base.suggest import count_of
from artgan.core.config import change_training
from artgan.core.registry import Registry
from artgan.planning.plan import Plan, sort_into_clusters
from artgan.planning.settings import Settings
from artgan.starts.names import is_start

MANY_STEPS = 1000
"""Steps from which a generator that begins anew draws clearer figures, but for pixel art
(docs/decisions.md)."""

ALONE = (
    "Start: its discriminator alone, since in so many steps a generator that begins anew draws "
    "clearer figures; --train.from-networks all takes both."
)

NO_CLUSTERS = (
    "Clusters: none, as this generator begins with trained weights and would have to learn each; "
    "--train.clusters makes some."
)

NONE_TAKEN = "From-networks: left out, as this run begins with no weights; --from names some."


def take_networks(plan: Plan, settings: Settings, registry: Registry) -> Plan:
    """Return the plan with what the number of its steps says, unless the user does; say why."""
    plan = _own_latents(_whose(plan, settings))
    return _told_of_clusters(_larger_clusters(plan, registry), settings)


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


def _own_latents(plan: Plan) -> Plan:
    """Take the recipe's latent size, not a start's, for a generator that begins anew."""
    config = plan.config
    if config.training.from_networks != "discriminator" or plan.latent_size is None:
        return plan
    start, own = config.architecture.options["latent_size"], plan.latent_size
    if own == start:
        return plan
    part = msgspec.structs.replace(
        config.architecture, options={**config.architecture.options, "latent_size": own}
    )
    told = (
        f"Latent size {own}, not the start's {start}: this generator begins anew, and so many "
        "are what its recipe takes for these pictures; --arch.latent-size sets it."
    )
    config = msgspec.structs.replace(config, architecture=part)
    return replace(plan, config=config, reasons=(*plan.reasons, told))


def _larger_clusters(plan: Plan, registry: Registry) -> Plan:
    """Sort the pictures into other clusters where the generator begins with trained weights."""
    config, opened, count = plan.config, plan.opened, plan.clusters_when_trained
    if not opened or count is None or not _begins_trained(plan):
        return plan
    if count == config.training.clusters:
        return plan
    different = opened.facts.different
    table, shares = sort_into_clusters(opened.table, different, count, config.seed, registry)
    config = change_training(config, clusters=count)
    config = msgspec.structs.replace(config, classes=len(shares), class_shares=shares)
    reasons = plan.reasons if count else (*plan.reasons, NO_CLUSTERS)
    return replace(plan, config=config, table=table, reasons=reasons)


def _told_of_clusters(plan: Plan, settings: Settings) -> Plan:
    """Explain the clusters, if there are any."""
    config, told = plan.config, []
    wanted = config.training.clusters
    if wanted and "clusters" not in settings.training:
        used = "is used" if config.classes == 1 else "are used"
        large = "; they are large, as this generator begins with trained weights and learns each"
        told.append(
            f"No labels: {count_of(config.classes, 'cluster')} of pictures that look alike {used} "
            f"instead{large if _begins_trained(plan) else ''}."
        )
    if config.classes < min(wanted, plan.table.count):
        told.append(
            f"Clusters: {config.classes} of {wanted}, as the others would hold next to no pictures."
        )
    return replace(plan, reasons=(*plan.reasons, *told))


def _begins_trained(plan: Plan) -> bool:
    return bool(plan.config.base) and plan.config.training.from_networks == "all"
