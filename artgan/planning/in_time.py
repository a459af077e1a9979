"""Chooses what makes the best pictures in the time there is, by the pace of this machine.

Pictures of half the side take about a quarter of the time a step, and need fewer steps until there
are figures in them. So where a size buys too few steps a smaller one is taken, or if the user
wanted that size, what would be enough is told before the time is spent.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from artgan.core.config import change_training
from artgan.core.data import ImageTable
from artgan.core.datasets import SIDES
from artgan.core.registry import Registry
from artgan.monitoring.costs import Costs
from artgan.planning.estimate import measure_costs
from artgan.planning.plan import Plan, make_plan, plan_opened
from artgan.planning.settings import Settings

ENOUGH = {32: 500, 48: 750, 64: 1000, 96: 1500, 128: 2000, 256: 4000}
"""Side in pixels -> steps from which pictures of most kinds have figures in them."""

TIMES_ENOUGH = 3
"""Times as many steps that a size beyond the device's usual one must get to be taken unasked."""

PACED_BY = 64
"""Pictures that stand for all of them where only the pace is measured."""


@dataclass(frozen=True)
class Deadline:
    """A time of ``total`` seconds that began at ``begun``, as ``time.perf_counter`` has it."""

    total: float
    begun: float

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.total - (perf_counter() - self.begun)


@dataclass(frozen=True)
class Choice:
    """A size (height, width), and what its steps take here."""

    size: tuple[int, int]
    costs: Costs
    plan: Plan

    def steps(self, seconds: float) -> int:
        """Return how many steps the seconds buy."""
        return self.costs.fitted(self.plan.config, seconds).training.steps

    @property
    def enough(self) -> int:
        """Steps from which there are figures."""
        return enough_steps(*self.size)

    def suffices(self, seconds: float) -> bool:
        """Tell whether the seconds buy enough steps."""
        return self.steps(seconds) >= self.enough


def enough_steps(height: int, width: int) -> int:
    """Return the steps from which pictures of a size have figures in them."""
    side = math.sqrt(height * width)
    return round(float(np.interp(side, list(ENOUGH), list(ENOUGH.values()))))


def choose_in_time(
    plan: Plan,
    settings: Settings,
    registry: Registry,
    time: Deadline,
    report: Callable[[str], None] = lambda _: None,
) -> tuple[Plan, Costs]:
    """Choose the size for the time that is left, unless the user did; say why.

    ``plan`` has the size that the pictures get without a hurry. Returns the plan of the chosen
    size and what its parts cost here.
    """
    choice = Choice(_size(plan), measure_costs(plan, registry, time.left), plan)
    if plan.opened is None or settings.base or _fills_a_canvas(plan, registry):
        return plan, choice.costs
    free = settings.size is None
    if choice.suffices(time.left):
        larger = _larger(choice, settings, registry, time, report) if free else None
        return (larger.plan, larger.costs) if larger else (plan, choice.costs)
    smaller = _smaller(choice, settings, registry, time)
    reason = too_few(choice, smaller, time, keeps_size=not free)
    if smaller is None or not free:
        return replace(plan, reasons=(*plan.reasons, reason)), choice.costs
    chosen = make_plan(replace(settings, size=smaller.size), registry, report)
    return replace(chosen, reasons=(reason, *chosen.reasons)), smaller.costs


def too_few(choice: Choice, smaller: Choice | None, time: Deadline, keeps_size: bool) -> str:
    """Say what the time buys, that it is too few, and what would be enough."""
    height, width = choice.size
    needed = choice.costs.total(change_training(choice.plan.config, steps=choice.enough))
    bought = (
        f"{_minutes(time.total)} buy about {choice.steps(time.left)} steps at {width}x{height}, "
        f"too few for figures (from about {choice.enough})"
    )
    if smaller is None:
        return f"Time: {bought}; {_minutes(needed, up=True)} would be enough."
    height, width = smaller.size
    other = f"{width}x{height}" if width != height else f"{width}"
    instead = f"about {smaller.steps(time.left)}, or take {_minutes(needed, up=True)}"
    if keeps_size:
        return f"Time: {bought}; --size {other} buys {instead}."
    wide, high = choice.size[1], choice.size[0]
    kept = f"{wide}x{high}" if wide != high else f"{wide}"
    return f"Size {width}x{height}: {bought}; this one buys {instead}; --size {kept} keeps it."


def _minutes(seconds: float, *, up: bool = False) -> str:
    minutes = math.ceil(seconds / 60) if up else round(seconds / 60, 1)
    return f"{minutes:g} {'minute' if minutes == 1 else 'minutes'}"


def _size(plan: Plan) -> tuple[int, int]:
    return plan.config.height, plan.config.width


def _fills_a_canvas(plan: Plan, registry: Registry) -> bool:
    """Tell whether the networks learn a texture, of which any piece will do."""
    entry = registry.find("architecture", plan.config.architecture.name)
    return bool(entry.declaration.spatial)


def _smaller(
    choice: Choice, settings: Settings, registry: Registry, time: Deadline
) -> Choice | None:
    """Find the largest smaller size whose steps suffice, else the smallest; None if none is."""
    found = None
    for size in _sizes_below(choice.plan, registry):
        found = paced(choice.plan, settings, registry, size, time.left)
        if found.suffices(time.left):
            break
    return found


def _sizes_below(plan: Plan, registry: Registry) -> list[tuple[int, int]]:
    """List smaller sizes of the same shape that the networks can make, largest first.

    Pixel art is only halved and so on, which leaves its pixels square.
    """
    sizes = registry.find("architecture", plan.config.architecture.name).declaration.sizes
    opened, longest = plan.opened, max(_size(plan))
    pixels = opened is not None and opened.facts.look == "pixel-art"
    found: list[tuple[int, int]] = []
    for side in sorted(ENOUGH, reverse=True):
        wanted = (plan.config.height * side // longest, plan.config.width * side // longest)
        if side >= longest or min(wanted) < 1 or (pixels and longest % side):
            continue
        near = [wanted] if sizes.fits(*wanted) else sizes.near(*wanted)[:1]
        found += [size for size in near if max(size) < longest and size not in found]
    return found


def _larger(
    choice: Choice,
    settings: Settings,
    registry: Registry,
    time: Deadline,
    report: Callable[[str], None],
) -> Choice | None:
    """Find the largest size beyond the device's usual one for which there is plenty of time."""
    usual = SIDES.get(choice.plan.config.device.split(":")[0])
    if usual is None or max(choice.size) != usual:
        return None
    found = None
    for side in (side for side in sorted(ENOUGH) if side > usual):
        size = (choice.size[0] * side // usual, choice.size[1] * side // usual)
        tried = paced(choice.plan, settings, registry, size, time.left)
        if tried.steps(time.left) < TIMES_ENOUGH * tried.enough:
            break
        # Pictures that are smaller themselves stay so.
        plan = make_plan(settings, registry, report, side=side)
        if max(_size(plan)) <= max(choice.size):
            break
        reason = (
            f"Size {plan.config.width}x{plan.config.height}: there is time for about "
            f"{tried.steps(time.left)} steps of it; --size {usual} makes do with less."
        )
        found = Choice(_size(plan), tried.costs, replace(plan, reasons=(reason, *plan.reasons)))
    return found


def paced(
    plan: Plan, settings: Settings, registry: Registry, size: tuple[int, int], seconds: float
) -> Choice:
    """Measure what a run of another size would take here, with a few of the pictures."""
    opened = plan.opened
    assert opened is not None
    facts = replace(opened.facts, height=size[0], width=size[1])
    few = replace(opened, table=_resized(opened.table, size), facts=facts, notes=())
    sized = plan_opened(few, replace(settings, size=size), registry)
    return Choice(size, measure_costs(sized, registry, seconds), sized)


def _resized(table: ImageTable, size: tuple[int, int]) -> ImageTable:
    """Resize a few pictures, roughly."""
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, table.images.shape[1:3], strict=True)
    )
    images = np.asarray(table.images[:PACED_BY])[:, rows][:, :, columns]
    labels = None if table.labels is None else table.labels[:PACED_BY]
    return replace(table, images=images, labels=labels)
