"""Checks of a schedule."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from artgan.plugin import Levels, Moment, ScheduleContext
from artgan.testing._checks import Checks, Subject, expect, expect_type

CHECKS = Checks()
STEPS = 100


def _part(subject: Subject) -> Any:
    context = ScheduleContext(
        warmup=5, hold=0.4, final=0.1, penalty_final=0.2, half_life=5000.0, ramp=0.05, batch=32
    )
    return subject.contribution.call("build", subject.options(), context)


def _moment(step: int) -> Moment:
    return Moment(step=step, part=lambda amount: amount * step / STEPS)


def _levels(part: Any, steps: Any = range(STEPS)) -> Iterator[Levels]:
    for step in steps:
        yield expect_type(part.at(_moment(step)), Levels, "at", "Levels")


@CHECKS.add("stays-finite")
def stays_finite(subject: Subject) -> None:
    """All levels are finite and at least 0 at every step, the last one included."""
    for step, levels in enumerate(_levels(_part(subject), range(STEPS + 1))):
        for name in ("learning_rate", "penalties", "half_life"):
            value = getattr(levels, name)
            expect(
                isfinite(value) and value >= 0,
                f"{name} is {value} at step {step} of {STEPS}; expected a number from 0",
            )


@CHECKS.add("trains", after=("stays-finite",))
def trains(subject: Subject) -> None:
    """The learning rate is above 0 somewhere, and at most 10 times what the user wishes."""
    rates = [levels.learning_rate for levels in _levels(_part(subject))]
    expect(max(rates) > 0, "the learning rate is 0 at every step: nothing is learnt")
    expect(
        max(rates) <= 10,
        f"the learning rate is multiplied by up to {max(rates):.3g}: return a factor, around 1",
    )


@CHECKS.add("depends-on-the-moment", after=("stays-finite",))
def depends_on_the_moment(subject: Subject) -> None:
    """Levels follow from the moment alone, asked in any order: resumed runs go on exactly."""
    part = _part(subject)
    forward = list(_levels(part))
    backward = list(_levels(part, reversed(range(STEPS))))[::-1]
    expect(forward == backward, "it gives other levels when it is asked again: keep no memory")
