"""Chooses what makes the best pictures in the time there is, by the pace of this machine.

Pictures of half the side take about a quarter of the time a step, and need fewer steps until there
are figures in them. So where a size buys too few steps a smaller one is taken, or if the user
wanted that size, what would be enough is told before the time is spent.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from artgan.base.suggest import count_of
from artgan.core.config import change_training
from artgan.core.data import ImageTable
from artgan.core.registry import Registry
from artgan.datasets.find import SIDES
from artgan.monitoring.costs import Costs
from artgan.planning.begin import name_networks
from artgan.planning.estimate import measure_costs
from artgan.planning.plan import Plan, make_plan, plan_opened
from artgan.planning.settings import Settings
from artgan.starts.choose import has_size
from artgan.starts.names import NONE, is_start
from artgan.starts.origin import find_start

ENOUGH = {32: 500, 48: 2000, 64: 3000, 96: 4500, 128: 6000, 256: 12000}
"""Side in pixels -> steps from which pictures of most kinds have figures in them.

Looked at on emoji and portraits at 32, 48 and 64 pixels; the others lie beyond."""

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
        """Steps from which there are figures in its pictures."""
        return enough_steps(*self.size)

    def suffices(self, seconds: float) -> bool:
        """Tell whether the seconds buy enough steps."""
        return self.steps(seconds) >= self.enough


def enough_steps(height: int, width: int) -> int:
    """Return the steps from which pictures of a size have figures in them, by a start or not."""
    side = math.sqrt(height * width)
    return round(float(np.interp(side, list(ENOUGH), list(ENOUGH.values()))))


class SizePaces:
    """The sizes that the pictures of a plan may get, and their pace here, each measured once.

    The plan has the size that they get without a hurry.
    """

    def __init__(self, plan: Plan, settings: Settings, registry: Registry) -> None:
        self.plan, self._settings, self._registry = plan, settings, registry
        self._measured: dict[tuple[int, int], Choice] = {}

    def at(self, size: tuple[int, int], seconds: float) -> Choice:
        """Measure a size, the more carefully the more seconds there are."""
        if size not in self._measured:
            plan = self.plan if size == _size(self.plan) else self._sized(size)
            costs = measure_costs(plan, self._registry, seconds)
            self._measured[size] = Choice(size, costs, plan)
        return self._measured[size]

    def usual(self, seconds: float) -> Choice:
        """Measure the size of the plan."""
        return self.at(_size(self.plan), seconds)

    def smaller(self, seconds: float) -> Choice | None:
        """Find the largest smaller size whose steps suffice, else the smallest; None if none is."""
        found = None
        for size in sizes_below(self.plan, self._registry):
            found = self.at(size, seconds)
            if found.suffices(seconds):
                break
        return found

    def larger(self, seconds: float) -> Iterator[Choice]:
        """Yield sizes beyond the device's usual one for which there is plenty of time.

        Whether the pictures have so many pixels is not known here.
        """
        usual = SIDES.get(self.plan.config.device.split(":")[0])
        height, width = _size(self.plan)
        for side in sorted(ENOUGH):
            if usual is None or side <= usual or max(height, width) != usual:
                continue
            tried = self.at((height * side // usual, width * side // usual), seconds)
            if tried.steps(seconds) < TIMES_ENOUGH * tried.enough:
                return
            yield tried

    def _sized(self, size: tuple[int, int]) -> Plan:
        """Plan a run of another size, of a few of the pictures."""
        opened = self.plan.opened
        assert opened is not None
        facts = replace(opened.facts, height=size[0], width=size[1])
        few = replace(opened, table=_resized(opened.table, size), facts=facts, notes=())
        settings = replace(self._settings, size=size, base=self._base(size))
        return plan_opened(few, name_networks(settings, self._registry), self._registry)

    def _base(self, size: tuple[int, int]) -> str:
        """Return what a run of a size would begin from, without looking at the few pictures.

        A start that is taken unasked is taken where it was trained at that very size.
        """
        base = self.plan.config.base
        if self._settings.base or not base:
            return base or NONE
        return base if has_size(find_start(base, self._registry), size) else NONE


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
    sizes = SizePaces(plan, settings, registry)
    choice, free = sizes.usual(time.left), settings.size is None
    if plan.opened is None or _begins_from_a_run(settings) or _fills_a_canvas(plan, registry):
        return plan, choice.costs
    if choice.suffices(time.left):
        chosen = choice
        for larger in sizes.larger(time.left) if free else ():
            opened = make_plan(settings, registry, report, side=max(larger.size))
            # Pictures that are smaller themselves stay so.
            if max(_size(opened)) < max(larger.size):
                break
            chosen = replace(larger, plan=_for_a_reason(opened, _plenty(larger, choice, time)))
        return chosen.plan, chosen.costs
    smaller = sizes.smaller(time.left)
    reason = too_few(choice, smaller, time, keeps_size=not free)
    if smaller is None or not free:
        return _for_a_reason(plan, reason), choice.costs
    chosen_plan = make_plan(replace(settings, size=smaller.size), registry, report)
    return _for_a_reason(chosen_plan, reason), smaller.costs


def what_time_buys(
    plan: Plan, settings: Settings, registry: Registry, minutes: Sequence[float]
) -> Iterator[str]:
    """Say for some numbers of minutes which size they would get here, and how many steps."""
    sizes = SizePaces(plan, settings, registry)
    for seconds in (60 * number for number in minutes):
        choice = sizes.usual(seconds)
        if not choice.suffices(seconds) and not _fills_a_canvas(plan, registry):
            choice = sizes.smaller(seconds) or choice
        few = "" if choice.suffices(seconds) else ", too few for figures"
        steps = count_of(choice.steps(seconds), "step")
        yield f"{_minutes(seconds)}: {_named(choice)}, about {steps}{few}"


def _for_a_reason(plan: Plan, reason: str) -> Plan:
    return replace(plan, reasons=(reason, *plan.reasons))


def _named(choice: Choice) -> str:
    return f"{choice.size[1]}x{choice.size[0]}"


def _plenty(larger: Choice, usual: Choice, time: Deadline) -> str:
    steps = count_of(larger.steps(time.left), "step")
    return (
        f"Size {_named(larger)}: there is time for about {steps} of it; "
        f"--size {max(usual.size)} makes do with less."
    )


def too_few(choice: Choice, smaller: Choice | None, time: Deadline, keeps_size: bool) -> str:
    """Say what the time buys, that it is too few, and what would be enough."""
    height, width = choice.size
    needed = choice.costs.total(change_training(choice.plan.config, steps=choice.enough))
    buy = "buys" if _minutes(time.total) == "1 minute" else "buy"
    steps = count_of(choice.steps(time.left), "step")
    bought = (
        f"{_minutes(time.total)} {buy} about {steps} at {width}x{height}, "
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


def _begins_from_a_run(settings: Settings) -> bool:
    """Tell whether the size is that of another run."""
    return settings.base not in ("", NONE) and not is_start(settings.base)


def _fills_a_canvas(plan: Plan, registry: Registry) -> bool:
    """Tell whether the networks learn a texture, of which any piece will do."""
    entry = registry.find("architecture", plan.config.architecture.name)
    return bool(entry.declaration.spatial)


def sizes_below(plan: Plan, registry: Registry) -> list[tuple[int, int]]:
    """List smaller sizes of the same shape that the networks can make, largest first.

    Pixel art is only halved and so on, which leaves its pixels square.
    """
    sizes = registry.find("architecture", plan.config.architecture.name).declaration.sizes
    longest = max(_size(plan))
    found: list[tuple[int, int]] = []
    for side in sorted(ENOUGH, reverse=True):
        wanted = (plan.config.height * side // longest, plan.config.width * side // longest)
        if side >= longest or min(wanted) < 1 or (plan.pixel_art and longest % side):
            continue
        near = [wanted] if sizes.fits(*wanted) else sizes.near(*wanted)[:1]
        found += [size for size in near if max(size) < longest and size not in found]
    return found


def _resized(table: ImageTable, size: tuple[int, int]) -> ImageTable:
    """Resize a few pictures, roughly."""
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, table.images.shape[1:3], strict=True)
    )
    images = np.asarray(table.images[:PACED_BY])[:, rows][:, :, columns]
    labels = None if table.labels is None else table.labels[:PACED_BY]
    return replace(table, images=images, labels=labels, supply=None)
