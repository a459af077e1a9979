"""Training loops without files, for the other benchmarks."""

from collections.abc import Iterator
from typing import Any

from artgan.core.build import build_parts
from artgan.core.registry import Registry
from artgan.core.state import StepReport, TrainingState, new_state
from artgan.core.train import train
from artgan.planning.plan import Plan
from artgan.plugin_manager.load import default_registry
from artgan.starts.fit import begin

DIFFAUGMENT: dict[str, dict[str, Any]] = {"diffaugment": {"color": True, "cutout": 0.5}}
"""All three changes; options that are not set would be the recipe's, which only shifts."""


def open_loop(
    plan: Plan, registry: Registry | None = None
) -> tuple[TrainingState, Iterator[StepReport]]:
    """Build the state of a plan, from its start if any, and the bare loop that changes it."""
    registry = registry or default_registry()
    state = new_state(plan.config, registry)
    if plan.config.base:
        begin(plan.config, state, registry)
    return state, train(build_parts(plan.config, plan.table, registry), plan.config, state)
