"""The schedule of a run as run.toml keeps it, for runs that go on or are repeated."""

from pathlib import Path
from typing import Annotated

import msgspec

from artgan.base.schedule import Schedule
from artgan.core.run_toml import read_made_with
from artgan.errors import OptionError, RunError

Step = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


def read_schedule(file: Path, steps: int) -> Schedule:
    """Read the schedule of a run of ``steps`` steps from its run.toml.

    It is straight if none is recorded, or that of another number of steps.

    Raises:
        RunError: It is damaged.
    """
    kept = read_made_with(file).get("schedule")
    if kept is None:
        return Schedule.straight(steps)
    try:
        knots = msgspec.convert(kept, tuple[tuple[Step, Share, Step], ...])
    except msgspec.ValidationError as error:
        raise RunError(f"'{file}': schedule does not fit: {error}") from error
    firsts = [first for first, _, _ in knots]
    in_order = firsts == sorted(set(firsts)) and firsts[:1] == [0] and knots[0][2] > 0
    if not in_order or any(end < first for first, _, end in knots):
        raise RunError(
            f"'{file}': schedule does not fit; expected knots of a step, the share that is done, "
            "and the last step, in order, as in [[0, 0.0, 500], [120, 0.24, 480]]"
        )
    schedule = Schedule(knots)
    return schedule if schedule.end == steps else Schedule.straight(steps)


def schedule_to_go_on(file: Path, done: int, before: int, steps: int | None) -> Schedule:
    """Return the schedule of a run of ``before`` steps that goes on after ``done`` of them.

    Another number of steps stretches it from there on, which run.toml keeps.

    Raises:
        OptionError: That end lies behind.
    """
    schedule = read_schedule(file, before)
    if steps is None or steps == schedule.end:
        return schedule
    if steps < done:
        raise OptionError(
            f"'{file.parent}' is at step {done} already; --steps {steps} is less than that; "
            "give more"
        )
    return stretched(schedule, done, steps) if done else Schedule.straight(steps)


def stretched(schedule: Schedule, done: int, end: int) -> Schedule:
    """Return a schedule that goes on to another end, of which what is done is so large a share."""
    return schedule.cut(done).turned(done, end, share=done / end)
