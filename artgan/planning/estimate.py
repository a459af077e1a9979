"""Measures how long a run will take on this machine, or how many steps fit into a time.

A throwaway state is trained for some steps: one of each kind, since penalties do not come with
every step. What else a run does is guessed from the time that the pictures of a preview take; a run
that has to end in time measures it as it goes on.
"""

import gc
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch

from artgan.base.memory import out_of_memory
from artgan.base.suggest import count_of
from artgan.core.build import Parts, build_parts
from artgan.core.config import RunConfig, change_training
from artgan.core.failures import naming_plugins
from artgan.core.images import grid
from artgan.core.registry import Registry
from artgan.core.sample import sample_pixels
from artgan.core.state import TrainingState, new_state
from artgan.core.train import train
from artgan.errors import TrainingError
from artgan.monitoring.costs import Costs, TimeLimit
from artgan.monitoring.diagnostics import LOOKED_AT, MEASURED
from artgan.monitoring.schedule_record import stretched
from artgan.planning.plan import Plan

Result = TypeVar("Result")

LONGEST_CYCLE = 10_000

SHARE = 0.02
"""Of a given time that may be spent on measuring how much fits into it."""

MOST_SECONDS = 5.0

PAGES, SAMPLES_A_SHEET = 15, 4
"""What follows the last step in times that the pictures of a preview are made in: animation and
pages, and so many raw samples as files in one such time."""


def steps_in_time(config: RunConfig, limit: TimeLimit) -> RunConfig:
    """Return the config with as many steps as fit into a time, at least one."""
    return limit.costs.fitted(config, limit.left)


def fit_to_time(plan: Plan, limit: TimeLimit) -> Plan:
    """Return the plan with as many steps as fit into a time; its schedules stretch to them."""
    config = steps_in_time(plan.config, limit)
    if limit.costs.total(config) > limit.left:
        reason = "Steps: one alone takes longer than the time there is."
    else:
        reason = (
            f"Steps: about {config.training.steps} fit into the time, with previews, checkpoints "
            "and samples; they are counted anew while the run goes on."
        )
    return replace(plan, config=config, limit=limit, reasons=(*plan.reasons, reason))


def go_on_in_time(plan: Plan, limit: TimeLimit, done: int) -> Plan:
    """Return the plan of a run that goes on after ``done`` steps with as many as fit into a time.

    Its schedules stretch to them.
    """
    more = max(1, limit.costs.steps_within(limit.left, plan.config.training))
    assert plan.schedule
    schedule = stretched(plan.schedule, done, done + more)
    config = change_training(plan.config, steps=schedule.end)
    return replace(plan, config=config, schedule=schedule, limit=limit)


def measure_costs(plan: Plan, registry: Registry, seconds: float | None = None) -> Costs:
    """Measure what the parts of a run take here.

    The more seconds the run shall fit into, the more carefully it is measured.

    Raises:
        TrainingError: Memory runs out; it says what would fit.
    """
    with naming_plugins(registry, lambda: "before the first step"):
        costs = _none_if_out_of_memory(lambda: _measured(plan, registry, seconds or 0.0))
        if costs is None:
            raise TrainingError(too_little_memory(plan, registry))
        return costs


def _none_if_out_of_memory(work: Callable[[], Result]) -> Result | None:
    """Run ``work``; on out-of-memory return None and free its memory."""
    try:
        return work()
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
    # The error and the frames that it came through hold each other, and all their tensors.
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None


def _measured(plan: Plan, registry: Registry, seconds: float) -> Costs:
    config, budget = plan.config, min(MOST_SECONDS, SHARE * seconds)
    parts = build_parts(config, plan.table, registry)
    state = new_state(config, registry)
    kinds = kinds_of_steps([p.every for p in parts.penalties], config.training.steps)
    step = _seconds_a_step(parts, config, state, kinds, budget)
    sheet = _seconds(lambda: _preview(state, config), config)
    # What a preview and a checkpoint are judged by follows from the time that their pictures take.
    seen, save = 2 * sheet, MEASURED / LOOKED_AT * sheet
    return Costs(step, sheet + seen, save, sheet * (PAGES + config.count / SAMPLES_A_SHEET))


def kinds_of_steps(intervals: Sequence[int], steps: int) -> dict[int, float]:
    """Group steps by the penalties due in them: the first step of each group -> its share."""
    cycle = min(math.lcm(*intervals), steps, LONGEST_CYCLE)
    first: dict[tuple[bool, ...], int] = {}
    shares: Counter[int] = Counter()
    for step in range(cycle):
        due = tuple(step % every == 0 for every in intervals)
        shares[first.setdefault(due, step)] += 1
    return {step: count / cycle for step, count in shares.items()}


def _seconds_a_step(
    parts: Parts, config: RunConfig, state: TrainingState, kinds: dict[int, float], budget: float
) -> float:
    """Train some steps of each kind; return the mean seconds of a step."""
    # The end is not reached, however often a step is taken again.
    steps = train(parts, config, state)
    taken: dict[int, list[float]] = {step: [] for step in kinds}
    begun = time.perf_counter()
    try:
        while True:
            for step, times in taken.items():
                state.step = step
                start = time.perf_counter()
                next(steps)
                times.append(time.perf_counter() - start)
            if len(times) > 1 and time.perf_counter() - begun > budget:
                break
    except TrainingError:
        # Training blows up soon. The run itself will say so; until then steps take as long.
        if not all(taken.values()):
            raise
    # The first of each kind warms up, or compiles.
    means = {step: statistics.fmean(times[1:] or times) for step, times in taken.items()}
    return sum(share * means[step] for step, share in kinds.items())


def _preview(state: TrainingState, config: RunConfig) -> None:
    """Make the pictures of a preview."""
    made = sample_pixels(state.generator_ema, range(LOOKED_AT), config.label_weights)
    grid([pixels for _, pixels in made])


def _seconds(work: Callable[[], object], config: RunConfig) -> float:
    start = time.perf_counter()
    work()
    if config.device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter() - start


def too_little_memory(plan: Plan, registry: Registry) -> str:
    """Explain that a step does not fit into memory, and find parts of the batch that do."""
    config, training = plan.config, plan.config.training
    short = (
        f"out of memory at {config.width}x{config.height} pixels and "
        f"{count_of(training.batch, 'picture')} per update"
    )
    parts = fitting_parts(plan, registry)
    if parts is None:
        return (
            f"{short}; not even parts of one picture fit. Use a smaller --size, fewer channels "
            "(--arch.base-channels), or close other programs"
        )
    each = math.ceil(training.batch / parts)
    return (
        f"{short}. Parts of {each} fit, and give nearly the same updates: add --train.accumulate "
        f"{parts}; or use --batch {each}, or a smaller --size"
    )


def fitting_parts(plan: Plan, registry: Registry) -> int | None:
    """Find into how many parts a batch must be cut to fit into memory; None if none fit."""
    training, parts = plan.config.training, 2 * plan.config.training.accumulate
    while parts < 2 * training.batch:
        parts = min(parts, training.batch)
        if _none_if_out_of_memory(partial(_try_step, plan, registry, parts)):
            return parts
        parts *= 2
    return None


def _try_step(plan: Plan, registry: Registry, parts: int) -> bool:
    """Train one step with the batch cut into parts."""
    config = change_training(plan.config, accumulate=parts)
    state = new_state(config, registry)
    next(train(build_parts(config, plan.table, registry), config, state))
    return True
